import type { Extension } from '@hybi/handshake'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceptOffer,
  type Codec,
  checkAnswer,
  offer,
  type PermessageDeflateOptions,
  zlibCodec,
} from '../src/index.ts'
import { extension, line } from './support.ts'

const CONTEXT: PermessageDeflateOptions = { serverNoContextTakeover: false, clientNoContextTakeover: false }
/** A codec that cannot be told a window. */
const stiff: Codec = { ...zlibCodec, minWindowBits: 15 }

const answered = (offers: readonly string[], options?: PermessageDeflateOptions): string | null => {
  const accepted = acceptOffer(offers.map(extension), options)
  return accepted === null ? null : line(accepted.answer)
}

describe('offer', () => {
  const rows: [PermessageDeflateOptions | undefined, string][] = [
    [undefined, '; server_no_context_takeover; client_no_context_takeover; client_max_window_bits'],
    [CONTEXT, '; client_max_window_bits'],
    [{ ...CONTEXT, serverMaxWindowBits: 10 }, '; server_max_window_bits=10; client_max_window_bits'],
    [{ ...CONTEXT, clientMaxWindowBits: 8 }, '; client_max_window_bits=8'],
    [{ ...CONTEXT, clientMaxWindowBits: false }, ''],
    [{ ...CONTEXT, codec: stiff }, ''],
  ]
  it.each(rows)('says what was chosen: %o', (options, expected) => {
    expect(line(offer(options))).toBe(`permessage-deflate${expected}`)
  })

  it.each([7, 16, 9.5, Number.NaN])('throws for a window of %d bits', (bits) => {
    expect(() => offer({ serverMaxWindowBits: bits })).toThrow(`from 8 to 15, not ${bits}`)
    expect(() => offer({ clientMaxWindowBits: bits })).toThrow(RangeError)
    expect(() => acceptOffer([], { serverMaxWindowBits: bits })).toThrow(RangeError)
  })
})

describe('acceptOffer', () => {
  const none = 'permessage-deflate'
  const fresh = `${none}; server_no_context_takeover; client_no_context_takeover`
  const rows: [offers: string[], options: PermessageDeflateOptions | undefined, answer: string | null][] = [
    [[none], undefined, fresh],
    [[none], CONTEXT, none],
    [[fresh], CONTEXT, fresh],
    [[`${none}; server_no_context_takeover`], CONTEXT, `${none}; server_no_context_takeover`],
    [[`${none}; client_no_context_takeover`], CONTEXT, `${none}; client_no_context_takeover`],
    [[`${none}; server_max_window_bits=8`], CONTEXT, `${none}; server_max_window_bits=8`],
    [[`${none}; server_max_window_bits=15`], CONTEXT, `${none}; server_max_window_bits=15`],
    [
      [`${none}; server_max_window_bits=12`],
      { ...CONTEXT, serverMaxWindowBits: 10 },
      `${none}; server_max_window_bits=10`,
    ],
    [
      [`${none}; server_max_window_bits=9`],
      { ...CONTEXT, serverMaxWindowBits: 10 },
      `${none}; server_max_window_bits=9`,
    ],
    [[none], { ...CONTEXT, serverMaxWindowBits: 10 }, `${none}; server_max_window_bits=10`],
    [[`${none}; client_max_window_bits`], CONTEXT, none],
    [[`${none}; client_max_window_bits=9`], CONTEXT, none],
    [
      [`${none}; client_max_window_bits`],
      { ...CONTEXT, clientMaxWindowBits: 10 },
      `${none}; client_max_window_bits=10`,
    ],
    [
      [`${none}; client_max_window_bits=9`],
      { ...CONTEXT, clientMaxWindowBits: 10 },
      `${none}; client_max_window_bits=9`,
    ],
    [
      [`${none}; client_max_window_bits=12`],
      { ...CONTEXT, clientMaxWindowBits: 10 },
      `${none}; client_max_window_bits=10`,
    ],
    [[none], { ...CONTEXT, clientMaxWindowBits: 10 }, null],
    [
      [none, `${none}; client_max_window_bits`],
      { ...CONTEXT, clientMaxWindowBits: 10 },
      `${none}; client_max_window_bits=10`,
    ],
    [[none], { ...CONTEXT, clientMaxWindowBits: 15 }, none],
    [[`${none}; server_max_window_bits=14`], { ...CONTEXT, codec: stiff }, null],
    [
      [`${none}; server_max_window_bits=15`],
      { ...CONTEXT, codec: stiff },
      `${none}; server_max_window_bits=15`,
    ],
    [[], undefined, null],
    [['x-webkit-deflate-frame', none], CONTEXT, none],
    [['x-webkit-deflate-frame'], CONTEXT, null],
  ]
  it.each(rows)('answers %j with %o', (offers, options, answer) => {
    expect(answered(offers, options)).toBe(answer)
  })

  const illegal = [
    'unknown',
    '__proto__',
    'constructor=1',
    'server_no_context_takeover=1',
    'server_no_context_takeover=',
    'client_no_context_takeover=true',
    'server_no_context_takeover; server_no_context_takeover',
    'client_max_window_bits; client_max_window_bits',
    'client_max_window_bits=10; client_max_window_bits=10',
    'server_max_window_bits',
    ...['server', 'client'].flatMap((side) =>
      [
        '7',
        '16',
        '0',
        '08',
        '010',
        '0xf',
        'none',
        '',
        '-9',
        '+9',
        '9.0',
        '1e1',
        ' 9',
        '٩',
        '99999999999',
      ].map((value) => `${side}_max_window_bits=${value}`),
    ),
  ]
  it.each(illegal)('passes over an offer with %s, and takes the next one', (parameters) => {
    const offers: Extension[] = [
      { ...extension(`permessage-deflate; ${parameters}`) },
      extension('permessage-deflate; server_max_window_bits=11'),
    ]
    // The split above trims: put the blank back.
    if (parameters.endsWith(' 9'))
      offers[0] = { name: offers[0].name, parameters: [[parameters.split('=')[0], ' 9']] }
    expect(acceptOffer(offers.slice(0, 1))).toBeNull()
    expect(acceptOffer(offers, CONTEXT)?.parameters.serverMaxWindowBits).toBe(11)
  })

  it('says what was agreed on', () => {
    expect(acceptOffer([extension('permessage-deflate')], CONTEXT)?.parameters).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    })
  })
})

describe('checkAnswer', () => {
  const check = (offered: string, answer: string, options?: PermessageDeflateOptions) =>
    checkAnswer(extension(answer), extension(offered), options)
  const p = 'permessage-deflate'

  const refused: [offered: string, answer: string, failure: string, section: string][] = [
    [p, 'x-webkit-deflate-frame', 'unknown-extension', '7.1'],
    [p, `${p}; unknown`, 'unknown-parameter', '7.1'],
    [p, `${p}; server_no_context_takeover; server_no_context_takeover`, 'repeated-parameter', '7.1'],
    [p, `${p}; client_no_context_takeover=1`, 'illegal-value', '7.1'],
    [p, `${p}; server_max_window_bits`, 'illegal-value', '7.1'],
    [p, `${p}; server_max_window_bits=16`, 'illegal-value', '7.1'],
    [p, `${p}; server_max_window_bits=08`, 'illegal-value', '7.1'],
    [`${p}; client_max_window_bits`, `${p}; client_max_window_bits`, 'illegal-value', '7.1'],
    [`${p}; client_max_window_bits`, `${p}; client_max_window_bits=7`, 'illegal-value', '7.1'],
    [p, `${p}; client_max_window_bits=15`, 'not-offered', '7.1.2.2'],
    [`${p}; server_no_context_takeover`, p, 'offer-ignored', '7.1.1.1'],
    [`${p}; server_max_window_bits=10`, p, 'offer-ignored', '7.1.2.1'],
    [`${p}; server_max_window_bits=10`, `${p}; server_max_window_bits=11`, 'offer-ignored', '7.1.2.1'],
  ]
  it.each(refused)('to %s refuses %s: %s', (offered, answer, failure, section) => {
    expect(check(offered, answer)).toMatchObject({ ok: false, failure, section, text: expect.any(String) })
  })

  const taken: [offered: string, answer: string, agreed: [boolean, boolean, number, number]][] = [
    [p, p, [false, false, 15, 15]],
    [p, `${p}; server_no_context_takeover; client_no_context_takeover`, [true, true, 15, 15]],
    [p, `${p}; server_max_window_bits=8`, [false, false, 8, 15]],
    [`${p}; client_no_context_takeover`, p, [false, true, 15, 15]],
    [`${p}; server_max_window_bits=10`, `${p}; server_max_window_bits=9`, [false, false, 9, 15]],
    [`${p}; client_max_window_bits`, `${p}; client_max_window_bits=8`, [false, false, 15, 8]],
    [`${p}; client_max_window_bits`, p, [false, false, 15, 15]],
    [`${p}; client_max_window_bits=10`, p, [false, false, 15, 10]],
    [`${p}; client_max_window_bits=10`, `${p}; client_max_window_bits=12`, [false, false, 15, 10]],
    [`${p}; client_max_window_bits=10`, `${p}; client_max_window_bits=9`, [false, false, 15, 9]],
  ]
  it.each(taken)('to %s takes %s', (offered, answer, [server, client, serverBits, clientBits]) => {
    expect(check(offered, answer)).toEqual({
      ok: true,
      parameters: {
        serverNoContextTakeover: server,
        clientNoContextTakeover: client,
        serverMaxWindowBits: serverBits,
        clientMaxWindowBits: clientBits,
      },
    })
  })

  it('refuses a window that the codec cannot keep to', () => {
    expect(
      check(`${p}; client_max_window_bits`, `${p}; client_max_window_bits=10`, { codec: stiff }),
    ).toMatchObject({ ok: false, failure: 'unsupported' })
  })

  it('throws when what was offered is no offer', () => {
    expect(() => check(`${p}; unknown`, p)).toThrow('that is not an offer: unknown is not a parameter')
  })
})

describe('any client and any server of this package', () => {
  const bits = fc.option(fc.integer({ min: 8, max: 15 }), { nil: undefined })
  const options = fc.record({
    serverNoContextTakeover: fc.boolean(),
    clientNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: bits,
    clientMaxWindowBits: fc.oneof(bits, fc.boolean()),
  })

  it('agree, or do without', () => {
    fc.assert(
      fc.property(options, options, (client, server) => {
        const offered = offer(client)
        const accepted = acceptOffer([offered], server)
        if (accepted === null) {
          expect(client.clientMaxWindowBits).toBe(false)
          expect(server.clientMaxWindowBits).toBeTypeOf('number')
          return
        }
        const checked = checkAnswer(accepted.answer, offered, client)
        if (!checked.ok) throw new Error(checked.text)
        const { parameters } = checked
        // The client may hold itself to less than the server was told; never to more.
        expect(parameters.clientMaxWindowBits).toBeLessThanOrEqual(accepted.parameters.clientMaxWindowBits)
        expect({ ...parameters, clientMaxWindowBits: 0 }).toEqual({
          ...accepted.parameters,
          clientMaxWindowBits: 0,
        })
        for (const side of [client, server]) {
          expect(parameters.serverNoContextTakeover).toBe(
            parameters.serverNoContextTakeover || side.serverNoContextTakeover,
          )
          expect(parameters.serverMaxWindowBits).toBeLessThanOrEqual(side.serverMaxWindowBits ?? 15)
          if (typeof side.clientMaxWindowBits === 'number')
            expect(parameters.clientMaxWindowBits).toBeLessThanOrEqual(side.clientMaxWindowBits)
        }
      }),
    )
  })
})
