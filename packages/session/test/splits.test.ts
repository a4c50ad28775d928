/** Any split of any stream, legal or not, gives the same events and the same output. */
import { byteByByte, cutAt } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Session, SessionEvent, SessionOptions } from '../src/index.ts'
import { encodeStream, illegalStream, legalStream } from './streams.ts'
import {
  createSession,
  type PlainEvent,
  pull,
  type Role,
  roles,
  type SentFrame,
  sentFrames,
  toJoined,
} from './support.ts'
import { SwapCase } from './toys.ts'

interface Seen {
  readonly events: readonly PlainEvent[]
  readonly sent: readonly SentFrame[]
}

/** A driver that echoes messages. With transient input it has one read buffer, which it soils after each read. */
function drive(session: Session, chunks: readonly Uint8Array[], transient: boolean): Seen {
  const seen: SessionEvent[] = []
  const sent: SentFrame[] = []
  const look = () => {
    for (let event = session.next(); event !== null; event = session.next()) {
      if (event.type === 'message') session.sendMessage(event)
      seen.push(event)
    }
  }
  for (const chunk of chunks) {
    const buffer = chunk.slice()
    session.receive(buffer)
    look()
    if (transient) buffer.fill(0xee)
    sent.push(...sentFrames(session))
  }
  session.receiveEnd()
  look()
  sent.push(...sentFrames(session))
  seen.push(...pull(session))
  return { events: toJoined(seen), sent }
}

const kinds: readonly [string, Partial<SessionOptions>][] = [
  ['whole', {}],
  ['whole, from a read buffer used again', { transientInput: true }],
  ['in parts', { receiveMode: 'streamed' }],
  ['in parts, from a read buffer used again', { receiveMode: 'streamed', transientInput: true }],
]

/** The limits are low, so that they are met. A Pong for every Ping, whatever is taken when. */
const limits: Partial<SessionOptions> = { maxMessageSize: 150, maxFragments: 5, maxPendingPongs: 1000 }

const streams = [
  ['legal', legalStream],
  ['illegal', illegalStream],
] as const

describe.each(roles)('a %s', (role) => {
  describe.each(kinds)('that takes messages %s', (_, options) => {
    test.each(streams)('sees the same in any split of a %s stream', (_kind, stream) => {
      const run = (chunks: readonly Uint8Array[]): Seen => {
        const session = createSession(role, { ...limits, ...options, transform: new SwapCase(20) })
        return drive(session, chunks, options.transientInput ?? false)
      }
      fc.assert(
        fc.property(stream, fc.array(fc.nat({ max: 400 }), { maxLength: 12 }), (frames, cuts) => {
          const bytes = encodeStream(role, frames)
          const whole = run([bytes])
          expect(run(cutAt(bytes, cuts))).toEqual(whole)
          expect(run(byteByByte(bytes))).toEqual(whole)
        }),
        { numRuns: 100 },
      )
    })
  })

  test.each(streams)(
    'sees the same messages whole and in parts, owned and lent, in a %s stream',
    (_kind, stream) => {
      fc.assert(
        fc.property(stream, (frames) => {
          const bytes = encodeStream(role, frames)
          const [whole, lent, parts, lentParts] = kinds.map(
            ([, options]) =>
              drive(createSession(role, { ...limits, ...options }), [bytes], options.transientInput ?? false)
                .events,
          )
          expect(lent).toEqual(whole)
          expect(lentParts).toEqual(parts)
          expect(summarize(parts)).toEqual(summarize(whole))
        }),
        { numRuns: 100 },
      )
    },
  )

  test('sees every message of a legal stream, and fails none', () => {
    fc.assert(
      fc.property(legalStream, (frames) => {
        const { events } = drive(createSession(role), [encodeStream(role, frames)], false)
        const counted = frames.filter(({ fields }) => fields.fin)
        expect(events).toHaveLength(counted.length + 1)
        expect(events.at(-1)?.[2]).toMatch(/^(close|half-close)$/)
      }),
    )
  })
})

/** What both modes show: complete messages by number, control frames and the end as they are. */
function summarize(events: readonly PlainEvent[]): readonly PlainEvent[] {
  return events
    .filter((event) => event[0] !== 'part' || event[4] === true)
    .map((event) => (event[0] === 'message' || event[0] === 'part' ? ['data'] : event))
}

test('the streams reach what they are made for', () => {
  const reached = new Set<unknown>()
  const role: Role = 'client'
  for (const frames of fc.sample(illegalStream, { numRuns: 1000, seed: 1 })) {
    const { events } = drive(createSession(role, limits), [encodeStream(role, frames)], false)
    reached.add(events.at(-1)?.[3] ?? events.at(-1)?.[2])
  }
  expect(reached.size).toBeGreaterThanOrEqual(14)
})
