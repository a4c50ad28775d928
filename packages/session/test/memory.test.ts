/** What the application is given is its own: whatever the cut, nobody else's octets lie in the same memory. */
import { Opcode, Rsv } from '@hybi/frame'
import { cutAt } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessageTransform, Session, SessionEvent, SessionOptions } from '../src/index.ts'
import { concat, createSession, feed, frameFor, pull, type Role, roles, textFor } from './support.ts'

const { BINARY, CONTINUATION, PING } = Opcode

/** What events give to the application. */
const bytesOf = (events: readonly SessionEvent[]): Uint8Array[] =>
  events.flatMap((event) => {
    if (event.type === 'message' || event.type === 'part') return [event.bytes]
    return event.type === 'ping' || event.type === 'pong' ? [event.payload] : []
  })

/** Some fragments for one of three connections, with a Ping behind each or not. */
const step = fc.record({
  to: fc.nat(2),
  fragments: fc.integer({ min: 1, max: 12 }),
  size: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(5_000)),
  ends: fc.boolean(),
  pinged: fc.boolean(),
  cuts: fc.array(fc.nat(5_000), { maxLength: 2 }),
})
const steps = fc.array(step, { maxLength: 12, size: 'max' })
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A connection that is given steps, and all memory that came of it. */
class Endpoint {
  readonly chunks = new Set<ArrayBufferLike>()
  readonly taken: Uint8Array[] = []
  readonly #role: Role
  readonly #session: Session
  #begun = false

  constructor(role: Role, options: Partial<SessionOptions>) {
    this.#role = role
    this.#session = createSession(role, options)
  }

  take(step: Step, readBuffer: Uint8Array | null): void {
    for (let left = step.fragments - 1; left >= 0; left--)
      this.#takeFragment(step, step.ends && left === 0, readBuffer)
  }

  #takeFragment({ size, pinged, cuts }: Step, fin: boolean, readBuffer: Uint8Array | null): void {
    const opcode = this.#begun ? CONTINUATION : BINARY
    this.#begun = !fin
    const fragment = frameFor(this.#role, { opcode, fin }, new Uint8Array(size))
    const frames = pinged ? concat(fragment, frameFor(this.#role, { opcode: PING })) : fragment
    for (const bytes of cutAt(frames, cuts)) {
      const chunk = readBuffer?.subarray(0, bytes.length) ?? new Uint8Array(bytes.length)
      chunk.set(bytes)
      if (readBuffer === null) this.chunks.add(chunk.buffer)
      this.#session.receive(chunk)
      this.taken.push(...bytesOf(pull(this.#session)))
    }
  }
}

describe.each(roles)('what a %s hands out', (role) => {
  test.each([
    ['whole', false],
    ['whole', true],
    ['streamed', false],
    ['streamed', true],
  ] as const)(
    'lies in memory of its own, or in a chunk of its own connection: %s, transient %s',
    (receiveMode, transientInput) => {
      const readBuffer = transientInput ? new Uint8Array(6_000) : null
      fc.assert(
        fc.property(steps, (all) => {
          const endpoints = [0, 1, 2].map(() => new Endpoint(role, { receiveMode, transientInput }))
          for (const one of all) endpoints[one.to].take(one, readBuffer)
          const own = endpoints.flatMap(({ chunks, taken }) =>
            taken.filter(({ buffer }) => !chunks.has(buffer)),
          )
          expect(new Set(own.map(({ buffer }) => buffer)).size).toBe(own.length)
          expect(own.some(({ buffer }) => buffer === readBuffer?.buffer)).toBe(false)
          // A message that grew has room for as much again at most: more would be memory for others.
          expect(own.filter(({ buffer, length }) => buffer.byteLength > 2 * length)).toEqual([])
        }),
      )
    },
  )

  test('is no view of the memory that small messages of all connections share', () => {
    const session = createSession(role, { transientInput: true })
    const fragments = Array.from({ length: 10 }, (_, i) =>
      frameFor(role, { opcode: i === 0 ? BINARY : CONTINUATION, fin: i === 9 }, new Uint8Array(2_000)),
    )
    const taken = Array.from({ length: 20 }, () => bytesOf(feed(session, ...fragments))).flat()
    expect(new Set(taken.map(({ buffer }) => buffer)).size).toBe(20)
  })

  test('may be given away, empty or not, and nothing else changes', () => {
    for (const options of [{}, { transientInput: true }, { receiveMode: 'streamed' }] as const) {
      const session = createSession(role, { ...options, transform: new Silent() })
      const frames = [
        frameFor(role, { opcode: BINARY }),
        frameFor(role, { opcode: BINARY, rsv: Rsv.RSV1 }),
        frameFor(role, { opcode: PING }),
        textFor(role, 'a'),
      ]
      for (let turn = 0; turn < 3; turn++) {
        const buffers = bytesOf(feed(session, ...frames)).map(({ buffer }) => buffer)
        expect(buffers.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, expect.any(Number)])
        expect(() => structuredClone(buffers, { transfer: buffers.filter(isArrayBuffer) })).not.toThrow()
      }
    }
  })
})

/** Makes nothing of anything, with one array for all. */
class Silent implements MessageTransform {
  readonly rsv = Rsv.RSV1
  readonly #nothing = new Uint8Array(0)
  decode = (): Uint8Array => this.#nothing
  encode = (): Uint8Array => this.#nothing
  wants = (): boolean => false
  release = (): void => undefined
}

const isArrayBuffer = (buffer: ArrayBufferLike): buffer is ArrayBuffer => buffer instanceof ArrayBuffer
