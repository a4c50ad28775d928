import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkRequest,
  checkResponse,
  createKey,
  createRequest,
  createResponse,
  encodeHead,
  type HeaderLine,
  HeadReader,
} from '../src/index.ts'

const token = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09azAZ"), minLength: 1, maxLength: 6 })
const extension = fc.record({
  name: token,
  parameters: fc.array(fc.tuple(token, fc.option(token)), { maxLength: 3 }),
})
const path = fc
  .array(fc.constantFrom('a', 'B-c', '%20', '~d', ''), { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`)
const header = fc.tuple(
  token.map((name) => `X-${name}`),
  token,
)

test('whatever a client may ask for and a server may choose, over the wire both know the same', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uniqueArray(token, { maxLength: 4 }),
      fc.array(extension, { maxLength: 4 }),
      fc.array(header, { maxLength: 4 }),
      path,
      fc.nat(),
      (nonce, subprotocols, extensions, headers, target, choice) => {
        const offer = { key: createKey(nonce), subprotocols, extensions }
        const sent = encodeHead(
          createRequest({ ...offer, url: `ws://example.com${target}`, headers: [...headers] }),
        )
        const request = new HeadReader('request').receive(sent)
        if (!request?.ok) throw new Error('not read')
        const checked = checkRequest(request.head)
        if (!checked.ok) throw new Error(checked.refusal.text)
        expect(checked.value).toMatchObject({ ...offer, target, host: 'example.com', origin: undefined })

        const subprotocol = subprotocols[choice % 5]
        const answers = extensions.filter(
          ({ name }, i) => extensions.findIndex((other) => other.name === name) === i,
        )
        const cookie: HeaderLine = ['Set-Cookie', 'a=1']
        const options = { subprotocol, extensions: answers, headers: [cookie] }
        const answer = encodeHead(createResponse(checked.value, options))
        const response = new HeadReader('response').receive(answer)
        if (!response?.ok) throw new Error('not read')
        expect(response.head.headers.at(-1)).toEqual(cookie)
        expect(checkResponse(response.head, offer)).toEqual({
          ok: true,
          value: { subprotocol, extensions: answers },
        })
        expect(
          checkResponse(response.head, { ...offer, key: createKey(nonce.map((octet) => ~octet)) }).ok,
        ).toBe(false)
      },
    ),
  )
})
