import type { FrameHeader } from '@hybi/frame'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkFrameHeader, type HeaderContext, type Violation, violations } from '../src/index.ts'

const header: FrameHeader = {
  fin: true,
  rsv: 0,
  opcode: 1,
  masked: true,
  maskingKey: 0,
  payloadLength: 5,
  lengthBytes: 0,
  lengthHigh: 0,
}

const context: HeaderContext = {
  role: 'server',
  rsv: 0,
  fragmented: false,
  transformed: false,
  messageSize: 0,
  fragments: 0,
  maxMessageSize: 1000,
  maxFragments: 10,
}

/** The rules one by one, each as its sentence says it, in no particular order. */
function listBroken(h: FrameHeader, c: HeaderContext): Violation[] {
  const control = h.opcode >= 8
  const continuation = h.opcode === 0
  const transformed = continuation ? c.transformed : h.rsv !== 0
  const size = h.payloadLength + (continuation ? c.messageSize : 0)
  const limit = transformed ? c.maxMessageSize * 2 + 1024 : c.maxMessageSize
  const rules: [boolean, Violation][] = [
    [c.role === 'server' && !h.masked, violations.unmaskedFrame],
    [c.role === 'client' && h.masked, violations.maskedFrame],
    [h.rsv !== 0 && h.rsv !== c.rsv, violations.reservedBits],
    [h.rsv !== 0 && control, violations.reservedBitsOnControl],
    [h.rsv !== 0 && continuation, violations.reservedBitsOnContinuation],
    [[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].includes(h.opcode), violations.unknownOpcode],
    [h.lengthBytes === 2 && h.payloadLength < 126, violations.lengthNotMinimal],
    [h.lengthBytes === 8 && h.payloadLength < 65536, violations.lengthNotMinimal],
    [h.lengthHigh >= 0x80000000, violations.lengthTopBit],
    [control && !h.fin, violations.controlFragmented],
    [control && h.payloadLength > 125, violations.controlTooLong],
    [continuation && !c.fragmented, violations.unexpectedContinuation],
    [!control && !continuation && c.fragmented, violations.interleavedMessage],
    [!control && (size > limit || size > 2 ** 53 - 1), violations.messageTooBig],
    [continuation && c.fragments + 1 > c.maxFragments, violations.tooManyFragments],
  ]
  return rules.filter(([broken]) => broken).map(([, row]) => row)
}

/** Lengths around every border, written in any of the three forms that can hold them. */
const lengths = fc
  .constantFrom(
    0,
    1,
    5,
    125,
    126,
    999,
    1000,
    1001,
    3024,
    3025,
    65535,
    65536,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 63,
  )
  .chain((payloadLength) =>
    fc.record({
      payloadLength: fc.constant(payloadLength),
      lengthHigh: fc.constant(Math.floor(payloadLength / 2 ** 32)),
      lengthBytes: fc.constantFrom(
        ...([0, 2, 8] as const).filter((form) => payloadLength <= { 0: 125, 2: 65535, 8: Infinity }[form]),
      ),
    }),
  )

const headers: fc.Arbitrary<FrameHeader> = fc
  .tuple(
    lengths,
    fc.record({
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 1, 4, 6),
      opcode: fc.nat({ max: 15 }),
      masked: fc.boolean(),
      maskingKey: fc.constant(0),
    }),
  )
  .map(([length, rest]) => ({ ...length, ...rest }))

const contexts: fc.Arbitrary<HeaderContext> = fc.record({
  role: fc.constantFrom('server' as const, 'client' as const),
  rsv: fc.constantFrom(0, 4, 6),
  fragmented: fc.boolean(),
  transformed: fc.boolean(),
  messageSize: fc.constantFrom(0, 1, 995, 1000),
  fragments: fc.constantFrom(1, 9, 10),
  maxMessageSize: fc.constantFrom(1000, 0, Infinity),
  maxFragments: fc.constant(10),
})

describe('checkFrameHeader', () => {
  test('lets a legal header pass', () => {
    expect(checkFrameHeader(header, context)).toBeNull()
  })

  test('returns a row that the header breaks, and null only for a header that breaks none', () => {
    fc.assert(
      fc.property(headers, contexts, (someHeader, someContext) => {
        const broken = listBroken(someHeader, someContext)
        const found = checkFrameHeader(someHeader, someContext)
        if (broken.length === 0) expect(found).toBeNull()
        else expect(broken).toContain(found)
      }),
      { numRuns: 5000 },
    )
  })

  test('takes a message of exactly the limit, and as many fragments', () => {
    expect(checkFrameHeader({ ...header, payloadLength: 1000 }, context)).toBeNull()
    const inside = { ...context, fragmented: true, messageSize: 999, fragments: 9 }
    expect(checkFrameHeader({ ...header, opcode: 0, payloadLength: 1 }, inside)).toBeNull()
  })

  test('does not count control frames to a message', () => {
    const inside = { ...context, fragmented: true, messageSize: 1000, fragments: 10 }
    expect(checkFrameHeader({ ...header, opcode: 9 }, inside)).toBeNull()
  })

  test('does not count an earlier message to a new one', () => {
    const after = { ...context, messageSize: 1000, fragments: 10, transformed: true }
    expect(checkFrameHeader({ ...header, payloadLength: 1000 }, after)).toBeNull()
    expect(checkFrameHeader({ ...header, payloadLength: 1001 }, after)).toBe(violations.messageTooBig)
  })
})
