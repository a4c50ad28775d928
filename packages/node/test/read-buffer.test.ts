/** The read buffer of the process: with it, without it, and where Node does not look as expected. */
import { Socket } from 'node:net'
import { Opcode } from '@hybi/frame'
import { describe, expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import { acceptLending } from '../src/read-buffer.ts'
import { closeBody, masked, Peer, readFrames, requestHead, serve } from './support.ts'

describe.each([true, false])('with sharedReadBuffer: %s', (sharedReadBuffer) => {
  test('messages cut anywhere come back as they were sent', async () => {
    const server = await serve(
      'ws',
      { sharedReadBuffer },
      { message: (connection, message) => void connection.send(message) },
    )
    const texts = Array.from({ length: 40 }, (_, index) => `${index} `.repeat(index * 300))
    const connection = await connect(server.url, { sharedReadBuffer })
    for (const text of texts) connection.send(text)
    const received: string[] = []
    for await (const message of connection) {
      if (received.push(message.text) === texts.length) break
    }
    expect(received).toEqual(texts)
    expect(await connection.close()).toMatchObject({ code: 1000, wasClean: true })
  })

  test('a head and a frame that come octet by octet are read', async () => {
    const server = await serve('ws', { sharedReadBuffer }, { message: (c, message) => void c.send(message) })
    const peer = await Peer.connect(server)
    for (const sign of requestHead()) peer.write(sign)
    await peer.readHead()
    for (const octet of masked(Opcode.TEXT, 'cut into octets')) peer.write(Buffer.of(octet))
    peer.write(masked(Opcode.CLOSE, closeBody(1000)))
    const [echo] = readFrames(await peer.readToEnd())
    expect(String(echo.payload)).toBe('cut into octets')
  })
})

test('a socket without the handle of Node is left as it is', () => {
  const socket = new Socket()
  expect(acceptLending(socket)).toBe(socket)
  Object.assign(socket, { _handle: { readStart: () => undefined } })
  expect(acceptLending(socket)).toBe(socket)
  Object.assign(socket, { _handle: null })
  socket.destroy()
})
