/** RFC 6455, 5.7: the examples, each read by the role that may receive it. */
import { toHex, wire } from '@hybi/test-support'
import { describe, expect, test } from 'vitest'
import { concat, createSession, feed, sentFrames, takeBytes, toPlain } from './support.ts'

const hello = '48656c6c6f'

describe('5.7', () => {
  test('a single-frame unmasked text message', () => {
    expect(feed(createSession('client'), wire`81 05 ${hello}`).map(toPlain)).toEqual([
      ['message', 'Hello', false],
    ])
  })

  test('a single-frame masked text message', () => {
    const events = feed(createSession('server'), wire`81 85 37fa213d 7f9f4d5158`)
    expect(events.map(toPlain)).toEqual([['message', 'Hello', false]])
  })

  test('a fragmented unmasked text message', () => {
    const events = feed(createSession('client'), wire`01 03 48656c`, wire`80 02 6c6f`)
    expect(events.map(toPlain)).toEqual([['message', 'Hello', false]])
  })

  test('an unmasked Ping, and a masked Pong as its answer', () => {
    const client = createSession('client')
    expect(feed(client, wire`89 05 ${hello}`).map(toPlain)).toEqual([['ping', hello]])
    const answer = takeBytes(client)
    expect(toHex(answer)).toBe('8a8537fa213d7f9f4d5158')
    const server = createSession('server')
    expect(feed(server, answer).map(toPlain)).toEqual([['pong', hello]])
    expect(sentFrames(server)).toEqual([])
  })

  test('256 bytes of binary in a single unmasked frame', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i)
    const events = feed(createSession('client'), concat(wire`82 7e 0100`, data))
    expect(events.map(toPlain)).toEqual([['message', toHex(data), false]])
  })

  test('64 KiB of binary in a single unmasked frame', () => {
    const data = new Uint8Array(65536).fill(7)
    const [message] = feed(createSession('client'), concat(wire`82 7f 0000000000010000`, data))
    expect(message).toMatchObject({ type: 'message', binary: true, size: 65536 })
    expect(toPlain(message)[1]).toBe(toHex(data))
  })
})
