/** Streams of frames as a peer may send them: traffic made by our own encoder, with and without mistakes, and mutants. */
import { encodeFrame, encodeHeader, Opcode, StatusCode } from '@hybi/frame'
import type { Role } from '../model/endpoint.ts'
import { mutate } from '../mutate.ts'
import { concat } from '../octets.ts'
import type { Random } from '../random.ts'
import { conformanceSeeds } from './conformance.ts'
import { randomText } from './texts.ts'

const seeds: Readonly<Record<Role, readonly Uint8Array[]>> = {
  server: conformanceSeeds('server'),
  client: conformanceSeeds('client'),
}

/** Lengths at which the form of a header changes, and limits that the fuzzers set. */
const EDGES = [0, 1, 2, 124, 125, 126, 127, 150, 151, 300]
const CODES = [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000, 65535]
const HUGE = [
  2n ** 16n - 1n,
  2n ** 16n,
  2n ** 24n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
]
const LEGAL_CODES = [StatusCode.NORMAL, StatusCode.GOING_AWAY, StatusCode.BAD_GATEWAY, 3000, 4999]

/** What the peer of a `role` may send. Most streams are legal for a while; few are legal to their end. */
export function randomStream(random: Random, role: Role): Uint8Array {
  switch (random.below(5)) {
    case 0:
      return mutate(random, random.pick(seeds[role]), random.pick(seeds[role]))
    case 1:
      return mutate(random, madeStream(random, role, 0), random.pick(seeds[role]))
    case 2:
      return madeStream(random, role, 0)
    default:
      return madeStream(random, role, 12)
  }
}

/** Frames of our own making; once in `mistakes` of them something is wrong (0: never). */
function madeStream(random: Random, role: Role, mistakes: number): Uint8Array {
  const frames: Uint8Array[] = []
  for (let left = random.size(8); left > 0; left--) {
    if (mistakes > 0 && random.oneIn(mistakes)) frames.push(wrongFrame(random, role))
    else frames.push(...message(random, role, mistakes))
  }
  if (random.oneIn(3)) frames.push(close(random, role))
  if (mistakes > 0 && random.oneIn(2)) frames.push(wrongFrame(random, role))
  return concat(frames)
}

const maskFor = (random: Random, role: Role): { maskingKey?: number } =>
  role === 'client' ? {} : { maskingKey: random.oneIn(3) ? 0 : random.next() }

const frame = (random: Random, role: Role, opcode: number, payload: Uint8Array, fin = true): Uint8Array =>
  encodeFrame({ opcode, fin, ...maskFor(random, role) }, payload)

function message(random: Random, role: Role, mistakes: number): Uint8Array[] {
  if (random.oneIn(4)) return [control(random, role)]
  const text = random.oneIn(2)
  const payload = text ? randomText(random, random.size(60)) : random.bytes(payloadSize(random))
  // A mistake in a text is one octet that is not what it was.
  if (text && payload.length > 0 && mistakes > 0 && random.oneIn(mistakes))
    payload[random.below(payload.length)] = random.next()
  const frames: Uint8Array[] = []
  let opcode: number = text ? Opcode.TEXT : Opcode.BINARY
  let at = 0
  while (random.oneIn(3) && frames.length < 8) {
    const size = random.size(payload.length - at)
    frames.push(frame(random, role, opcode, payload.slice(at, at + size), false))
    if (random.oneIn(3)) frames.push(control(random, role))
    at += size
    opcode = Opcode.CONTINUATION
  }
  frames.push(frame(random, role, opcode, payload.slice(at)))
  return frames
}

const payloadSize = (random: Random): number =>
  random.oneIn(4) ? random.pick(EDGES) : random.size(random.oneIn(50) ? 70_000 : 200)

const control = (random: Random, role: Role): Uint8Array =>
  frame(random, role, random.oneIn(2) ? Opcode.PING : Opcode.PONG, random.bytes(random.size(125)))

function close(random: Random, role: Role): Uint8Array {
  if (random.oneIn(6)) return frame(random, role, Opcode.CLOSE, new Uint8Array(0))
  const code = random.pick(LEGAL_CODES)
  const reason = randomText(random, random.size(30)).slice(0, 123)
  return frame(random, role, Opcode.CLOSE, concat([Uint8Array.of(code >>> 8, code & 0xff), reason]))
}

/** A frame that most probably breaks a rule. */
function wrongFrame(random: Random, role: Role): Uint8Array {
  const mask = random.oneIn(8) ? {} : maskFor(random, role)
  const fields = {
    opcode: random.below(16),
    fin: !random.oneIn(3),
    rsv: random.oneIn(3) ? random.below(8) : 0,
    ...mask,
  }
  switch (random.below(6)) {
    case 0:
      return encodeFrame(
        { ...fields, rsv: 0, lengthBytes: random.oneIn(2) ? 2 : 8 },
        random.bytes(random.size(200)),
      )
    case 1:
      return encodeHeader({ ...fields, rsv: 0, payloadLength: random.pick(HUGE), lengthBytes: 8 }, 0)
    case 2: {
      const code = random.pick(CODES)
      const body = concat([Uint8Array.of(code >>> 8, code & 0xff), random.bytes(random.size(8))])
      return frame(random, role, Opcode.CLOSE, body.subarray(0, random.between(1, body.length)))
    }
    case 3:
      return encodeFrame({ ...fields, payloadLength: random.below(126) }, random.bytes(random.size(125)))
    case 4:
      return random.bytes(random.size(20))
    default:
      return encodeFrame(fields, random.bytes(payloadSize(random)))
  }
}
