import { wire } from '@hybi/test-support'
import { describe, expect, it } from 'vitest'
import { createTransform } from '../src/index.ts'
import { bytes, decodeAll, FRESH, pair, TAKEOVER, text } from './support.ts'

/** RFC 7692, section 7.2.3: the payloads of messages that say Hello. */
const hello: readonly [title: string, frames: readonly Uint8Array[]][] = [
  ['7.2.3.1: one block in one frame', [wire`f248cdc9c90700`]],
  ['7.2.3.1: one block in two frames', [wire`f248cd`, wire`c9c90700`]],
  ['7.2.3.3: a block without compression', [wire`00 0500 faff 48656c6c6f 00`]],
  ['7.2.3.4: a block with BFINAL', [wire`f348cdc9c90700 00`]],
  ['7.2.3.5: two blocks in one message', [wire`f24805000000ffff cac9c90700`]],
  ['7.2.3.6: with an empty last fragment', [wire`f248cdc9c907000000ffff`, wire`00`]],
]

describe('the examples of RFC 7692, section 7.2.3', () => {
  it.each(hello)('are inflated: %s', async (_title, frames) => {
    const { server, client } = pair()
    expect(text((await decodeAll(server, frames)) as Uint8Array)).toBe('Hello')
    expect(text((await decodeAll(client, frames)) as Uint8Array)).toBe('Hello')
  })

  it.each(hello)('are inflated byte by byte: %s', async (_title, frames) => {
    const parts = (frame: Uint8Array) => Array.from(frame, (byte) => Uint8Array.of(byte))
    expect(text((await decodeAll(pair().server, frames, { parts })) as Uint8Array)).toBe('Hello')
  })

  it.each(hello)('are inflated with every byte in a frame of its own: %s', async (_title, frames) => {
    const single = frames.flatMap((frame) => Array.from(frame, (byte) => Uint8Array.of(byte)))
    expect(text((await decodeAll(pair().server, single)) as Uint8Array)).toBe('Hello')
  })

  it('are made: 7.2.3.1, one block', () => {
    expect(pair().server.encode(bytes('Hello'), true)).toEqual(Buffer.from(wire`f248cdc9c90700`))
  })

  it('are made: 7.2.3.2, the second message refers to the first', async () => {
    const { server, client } = pair(TAKEOVER)
    const first = server.encode(bytes('Hello'), true)
    const second = server.encode(bytes('Hello'), true)
    expect(first).toEqual(Buffer.from(wire`f248cdc9c90700`))
    expect(second).toEqual(Buffer.from(wire`f200110000`))
    expect(text((await decodeAll(client, [wire`f248cdc9c90700`])) as Uint8Array)).toBe('Hello')
    expect(text((await decodeAll(client, [wire`f200110000`])) as Uint8Array)).toBe('Hello')
  })

  it('are refused without context takeover: 7.2.3.2, the second message', async () => {
    const { client } = pair(FRESH)
    await decodeAll(client, [wire`f248cdc9c90700`])
    expect(await decodeAll(client, [wire`f200110000`])).toBe('invalid-data')
  })

  it('are made: 7.2.3.3, a block without compression at level 0', () => {
    const transform = createTransform(FRESH, 'server', { level: 0 })
    expect(transform.encode(bytes('Hello'), true)).toEqual(Buffer.from(wire`00 0500 faff 48656c6c6f 00`))
  })

  it('are made: 7.2.3.6, the empty message', () => {
    expect(pair().server.encode(new Uint8Array(0), true)).toEqual(wire`00`)
  })
})
