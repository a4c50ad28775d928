/** Streams of frames as a peer may send them, legal ones and others, as fast-check arbitraries. */
import { type FrameFields, Opcode, StatusCode } from '@hybi/frame'
import fc from 'fast-check'
import { codeBytes, concat, frameFor, type Role, utf8 } from './support.ts'

/** A frame to be sent. */
export interface Sending {
  readonly fields: FrameFields
  readonly payload: Uint8Array
}

const { TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG } = Opcode

/** Small payloads, and now and then one that needs a longer length and the native UTF-8 check. */
const binary = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 120, maxLength: 200 }) },
)
const text = fc
  .oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 60, maxLength: 90 }) },
  )
  .map(utf8)

const frame = (opcode: number, payload: Uint8Array, fin = true, rsv = 0): Sending => ({
  fields: { opcode, fin, rsv },
  payload,
})

const control: fc.Arbitrary<Sending> = fc
  .tuple(fc.constantFrom(PING, PONG), fc.uint8Array({ maxLength: 10 }))
  .map(([opcode, payload]) => frame(opcode, payload))

/** One message, cut into fragments at any bytes, with control frames in between. */
const message = (opcode: number, payloads: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Sending[]> =>
  fc
    .tuple(payloads, fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), fc.array(control, { maxLength: 2 }))
    .map(([payload, cuts, controls]) => {
      const edges = [
        0,
        ...cuts.map((cut) => Math.min(cut, payload.length)).sort((a, b) => a - b),
        payload.length,
      ]
      return edges.slice(1).flatMap((to, i) => {
        const fin = i === edges.length - 2
        const fragment = frame(i === 0 ? opcode : CONTINUATION, payload.slice(edges[i], to), fin)
        return i > 0 && controls[i - 1] !== undefined ? [controls[i - 1], fragment] : [fragment]
      })
    })

const messages: fc.Arbitrary<Sending[]> = fc.oneof(
  message(TEXT, text),
  message(BINARY, binary),
  control.map((sending) => [sending]),
)

const close: fc.Arbitrary<Sending> = fc
  .tuple(fc.constantFrom(StatusCode.NORMAL, StatusCode.GOING_AWAY, 3000, 4999), fc.string({ maxLength: 10 }))
  .map(([code, reason]) => frame(CLOSE, concat(Uint8Array.from(codeBytes(code)), utf8(reason))))

/** Frames of which most break a rule, in one way or in several. */
const illegal: fc.Arbitrary<Sending> = fc.oneof(
  fc.record({
    fields: fc.record({
      opcode: fc.nat({ max: 15 }),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 4, 1),
      lengthBytes: fc.constantFrom(2 as const, 8 as const),
    }),
    payload: binary,
  }),
  fc
    .tuple(fc.nat({ max: 15 }), fc.boolean(), fc.constantFrom(0, 0, 0, 4, 7), binary)
    .map(([opcode, fin, rsv, payload]) => frame(opcode, payload, fin, rsv)),
  fc
    .tuple(text, fc.uint8Array({ minLength: 1, maxLength: 3 }), text)
    .map((pieces) => frame(TEXT, concat(...pieces))),
  fc.tuple(text, fc.boolean()).map(([bytes, fin]) => frame(TEXT, bytes.slice(0, -1), fin)),
  fc.uint8Array({ maxLength: 6 }).map((body) => frame(CLOSE, body)),
  fc.constantFrom(2n ** 63n, 2n ** 53n, 2n ** 24n + 1n).map((payloadLength) => ({
    fields: { opcode: BINARY, payloadLength },
    payload: new Uint8Array(0),
  })),
)

/** What a legal peer sends, up to its Close or not so far. */
export const legalStream: fc.Arbitrary<Sending[]> = fc
  .tuple(fc.array(messages, { maxLength: 6 }), fc.option(close))
  .map(([sent, last]) => [...sent.flat(), ...(last === null ? [] : [last])])

/** Something legal, something that most probably is not, and something after it. */
export const illegalStream: fc.Arbitrary<Sending[]> = fc
  .tuple(fc.array(messages, { maxLength: 3 }), fc.array(illegal, { minLength: 1, maxLength: 2 }), messages)
  .map(([before, wrong, after]) => [...before.flat(), ...wrong, ...after])

/** The bytes of a stream as the peer of a `role` sends them. */
export const encodeStream = (role: Role, stream: readonly Sending[]): Uint8Array =>
  concat(...stream.map(({ fields, payload }) => frameFor(role, fields, payload)))
