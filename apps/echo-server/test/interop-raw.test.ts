/** Peers without an API in between: what the others cannot send, octet by octet. */
import { deflateRawSync, inflateRawSync, constants as zlib } from 'node:zlib'
import { Opcode, Rsv } from '@hybi/frame'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeBody, EchoProcess, legalCloseCodes, RawPeer, schemes } from './support.ts'

let echo: EchoProcess
beforeAll(async () => {
  echo = await EchoProcess.listening(['--log-level', 'silent'])
})
afterAll(() => echo.stop())

const MIB = 1 << 20

describe.each(schemes)('a raw peer over %s', (scheme) => {
  const open = (path = '/', lines: readonly string[] = []): Promise<RawPeer> =>
    RawPeer.open(echo.url(scheme), path, lines)

  it('gets text, bytes and 1 MiB back', async () => {
    const peer = await open()
    const mebibyte = Buffer.alloc(MIB, 'abcdefg')
    peer.send(Opcode.TEXT, 'κόσμε')
    peer.send(Opcode.BINARY, Uint8Array.of(0, 255))
    peer.send(Opcode.BINARY, mebibyte)
    expect(await peer.frame()).toMatchObject({ opcode: Opcode.TEXT, payload: Buffer.from('κόσμε') })
    expect(await peer.frame()).toMatchObject({ opcode: Opcode.BINARY, payload: Buffer.of(0, 255) })
    expect((await peer.frame())?.payload.equals(mebibyte)).toBe(true)
    expect(await peer.close()).toBe(1000)
  })

  // The published report that this project starts from: the echo was right, and TCP was dropped instead of a Close.
  it('gets three empty text fragments back as one empty text message, and Close 1000 answered before TCP ends', async () => {
    const peer = await open('/wss')
    peer.send(Opcode.TEXT, '', { fin: false })
    peer.send(Opcode.CONTINUATION, '', { fin: false })
    peer.send(Opcode.CONTINUATION, '')
    const nothing = { fin: true, rsv: 0, payload: Buffer.alloc(0) }
    expect(await peer.frame()).toEqual({ opcode: Opcode.TEXT, ...nothing })
    peer.send(Opcode.CLOSE, closeBody(1000))
    expect(await peer.frame()).toEqual({ ...nothing, opcode: Opcode.CLOSE, payload: closeBody(1000) })
    // FIN, over TLS behind a close_notify: Node says 'end' for nothing less, and 'error' for a reset.
    await peer.ended
    expect(peer.socket.errored).toBeNull()
    expect(peer.socket.readyState).toBe('writeOnly')
    peer.socket.end()
  })

  it('gets a fragmented message back as one, and a Ping between fragments answered at once', async () => {
    const peer = await open()
    peer.send(Opcode.TEXT, 'κό'.slice(0, 1), { fin: false })
    peer.send(Opcode.PING, 'between')
    peer.send(Opcode.CONTINUATION, 'όσμε')
    expect(await peer.frame()).toMatchObject({ opcode: Opcode.PONG, payload: Buffer.from('between') })
    expect(await peer.frame()).toMatchObject({ opcode: Opcode.TEXT, payload: Buffer.from('κόσμε') })
    expect(await peer.close()).toBe(1000)
  })

  it('gets a compressed and fragmented message back compressed', async () => {
    const peer = await open('/', ['Sec-WebSocket-Extensions: permessage-deflate'])
    const text = 'all work and no play '.repeat(1000)
    const tail = Buffer.of(0, 0, 255, 255)
    const deflated = deflateRawSync(text, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -tail.length)
    peer.send(Opcode.TEXT, deflated.subarray(0, 10), { fin: false, rsv: Rsv.RSV1 })
    peer.send(Opcode.CONTINUATION, deflated.subarray(10))
    const frame = await peer.frame()
    expect(frame).toMatchObject({ opcode: Opcode.TEXT, rsv: Rsv.RSV1 })
    const inflated = inflateRawSync(Buffer.concat([frame?.payload ?? tail, tail]), {
      finishFlush: zlib.Z_SYNC_FLUSH,
    })
    expect(inflated.toString()).toBe(text)
    expect(await peer.close()).toBe(1000)
  })

  it('gets its echo before the Close when both leave in one segment', async () => {
    const peer = await open()
    peer.socket.cork()
    peer.send(Opcode.TEXT, 'last words')
    peer.send(Opcode.CLOSE, closeBody(1000))
    peer.socket.uncork()
    expect((await peer.frame())?.payload.toString()).toBe('last words')
    expect((await peer.frame())?.opcode).toBe(Opcode.CLOSE)
    await peer.ended
    peer.socket.end()
  })

  it.each(legalCloseCodes)('gets Close %i answered by the same code, and TCP ended', async (code) => {
    expect(await (await open()).close(code)).toBe(code)
  })

  it('gets a Close without a body answered by one without a body', async () => {
    const peer = await open()
    peer.send(Opcode.CLOSE)
    expect(await peer.frame()).toMatchObject({ opcode: Opcode.CLOSE, payload: Buffer.alloc(0) })
    await peer.ended
    peer.socket.end()
  })

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])(
    'gets the illegal Close %i answered by 1002',
    async (code) => {
      expect(await (await open()).close(code)).toBe(1002)
    },
  )

  it('gets 100 messages and their Close in one write back in order', async () => {
    const peer = await open()
    peer.socket.cork()
    for (let i = 0; i < 100; i++) peer.send(Opcode.TEXT, String(i))
    peer.socket.uncork()
    for (let i = 0; i < 100; i++) expect((await peer.frame())?.payload.toString()).toBe(String(i))
    expect(await peer.close()).toBe(1000)
  })
})

it('1,000 times open, echo and close over wss is 1,000 times clean', async () => {
  const url = echo.url('wss')
  let clean = 0
  for (let i = 0; i < 1000; i++) {
    const peer = await RawPeer.open(url, '/wss')
    peer.send(Opcode.TEXT, String(i))
    const echoed = (await peer.frame())?.payload.toString() === String(i)
    if (echoed && (await peer.close()) === 1000 && peer.socket.errored === null) clean++
  }
  expect(clean).toBe(1000)
})
