/** What a transport writes, to a socket that takes its time. */
import { Duplex } from 'node:stream'
import { type MessageTransform, Session, type TransformFailure } from '@hybi/session'
import { toHex } from '@hybi/test-support'
import { expect, test } from 'vitest'
import type { Receiver } from '../src/event-pump.ts'
import { readSettings } from '../src/settings.ts'
import { Transport } from '../src/transport.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A socket that has written what it was given when it is told so. */
class SlowSocket extends Duplex {
  readonly written: Uint8Array[] = []
  ended = false
  #done: (() => void) | null = null

  constructor() {
    super({ highWaterMark: 65_536, read: () => undefined })
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(Uint8Array.from(chunk))
    this.#done = done
  }

  override _final(done: () => void): void {
    this.ended = true
    done()
  }

  /** False when it had nothing to write. */
  async finishWrite(): Promise<boolean> {
    const done = this.#done
    this.#done = null
    done?.()
    await nextTurn()
    return done !== null
  }
}

test('a message that cannot be encoded while another one leaves ends the connection behind that one', async () => {
  let fail = (_failure: TransformFailure): void => undefined
  const transform: MessageTransform = {
    rsv: 4,
    wants: () => false,
    release: () => undefined,
    decode: (part) => part,
    encode: () =>
      new Promise((resolve) => {
        fail = resolve
      }),
  }
  const receiver: Receiver = {
    busy: false,
    answering: false,
    take: () => true,
    socketClosed: () => undefined,
  }
  const session = new Session({ role: 'server', transform })
  const socket = new SlowSocket()
  const transport = new Transport(session, socket, receiver, readSettings({}))
  transport.start(null, new Uint8Array(0), () => undefined)

  session.sendMessage(new Uint8Array(280 * 1024))
  transport.outputAdded()
  session.sendMessage('x', { compress: true })
  transport.outputAdded()
  await nextTurn()
  fail({ failure: 'internal' })
  await nextTurn()
  while (await socket.finishWrite());

  // 03f3 is 1011, an unexpected condition.
  expect(toHex(socket.written.at(-1) ?? new Uint8Array(0))).toMatch(/^88..03f3/)
  expect(socket.ended).toBe(true)
  transport.destroy('terminated')
})
