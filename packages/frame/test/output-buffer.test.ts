import { toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeForMany, giveBack, Opcode, OutputBuffer } from '../src/index.ts'
import { writeObviously } from './obvious.ts'

const maskingKey = fc.option(fc.integer({ min: 0, max: 0xffff_ffff }))

/** Payloads about each of the sizes at which something changes. */
const payload: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc.nat({ max: 300 }),
    fc.integer({ min: 16_370, max: 16_400 }),
    fc.integer({ min: 65_500, max: 65_560 }),
  )
  .chain((size) => fc.nat({ max: 255 }).map((seed) => new Uint8Array(size).map((_, i) => seed + i * 7)))

const concatenate = (pieces: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((octet, i) => octet === right[i])

const writeWhole = (output: OutputBuffer, bytes: Uint8Array, key: number | null = null): void =>
  output.writeFrame(true, 0, Opcode.BINARY, key, bytes, 0, bytes.length)

describe('giveBack', () => {
  test('lets the memory of the last piece be used again', () => {
    const output = new OutputBuffer()
    writeWhole(output, new Uint8Array(300))
    const [first] = output.take()
    giveBack(first)
    writeWhole(output, new Uint8Array(200))
    const [second] = output.take()
    expect([second.buffer, second.byteOffset]).toEqual([first.buffer, first.byteOffset])
  })

  test('leaves alone what others have written, whatever is given back and when', () => {
    const action = fc.record({
      writer: fc.nat({ max: 2 }),
      size: fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: 15_990, max: 20_000 })),
      take: fc.boolean(),
      giveBack: fc.option(fc.nat({ max: 5 })),
    })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), maskingKey, (actions, key) => {
        const writers = [0, 1, 2].map(() => ({ output: new OutputBuffer(), expected: [] as Uint8Array[] }))
        const held: { piece: Uint8Array; copy: Uint8Array }[] = []
        for (const [index, { writer, size, take, giveBack: returned }] of actions.entries()) {
          const { output, expected } = writers[writer]
          const bytes = new Uint8Array(size).fill(index)
          writeWhole(output, bytes, key)
          expected.push(writeObviously(true, 0, Opcode.BINARY, key, bytes))
          if (take) {
            const pieces = output.take()
            expect(isSame(concatenate(pieces), concatenate(expected.splice(0)))).toBe(true)
            for (const piece of pieces) held.push({ piece, copy: piece.slice() })
          }
          if (returned !== null && returned < held.length) {
            for (const { piece } of held.splice(held.length - 1 - returned, 1)) {
              giveBack(piece)
              giveBack(piece)
            }
          }
        }
        expect(held.every(({ piece, copy }) => isSame(piece, copy))).toBe(true)
      }),
    )
  })
})

describe('writeShared', () => {
  test('hands on a frame as it is when nothing else leaves with it', () => {
    const frame = encodeForMany(Opcode.TEXT, wire`48656c6c6f`)
    expect(toHex(frame)).toBe(toHex(wire`81 05 48656c6c6f`))
    const outputs = [new OutputBuffer(), new OutputBuffer()]
    for (const output of outputs) output.writeShared(frame)
    for (const output of outputs) {
      expect(output.length).toBe(frame.length)
      const pieces = output.take()
      expect(pieces).toHaveLength(1)
      expect(pieces[0]).toBe(frame)
      expect(output.length).toBe(0)
      expect(output.take()).toEqual([])
    }
  })

  test('joins a short frame that was there alone with a large one behind it, which stays where it is', () => {
    const short = encodeForMany(Opcode.TEXT, wire`48656c6c6f`)
    const large = encodeForMany(Opcode.BINARY, new Uint8Array(20_000))
    const output = new OutputBuffer()
    output.writeShared(short)
    output.writeShared(large)
    const [first, second] = output.take()
    expect(toHex(first)).toBe(toHex(short))
    expect(second).toBe(large)
  })

  test('joins it, in order, with what is written before and behind it, and never writes into it', () => {
    const step = fc.record({
      bytes: payload,
      how: fc.constantFrom('encoded', 'frame', 'pieces', 'text', 'take'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const output = new OutputBuffer()
        const frames: { frame: Uint8Array; copy: Uint8Array }[] = []
        let expected: Uint8Array[] = []
        for (const { bytes, how } of steps) {
          if (how === 'take') {
            expect(isSame(concatenate(output.take()), concatenate(expected))).toBe(true)
            expected = []
            continue
          }
          expected.push(
            writeObviously(
              true,
              0,
              how === 'text' ? Opcode.TEXT : Opcode.BINARY,
              null,
              how === 'text' ? wire`68 69` : bytes,
            ),
          )
          if (how === 'frame') writeWhole(output, bytes)
          else if (how === 'text') output.writeText(true, 0, null, 'hi')
          else if (how === 'pieces') output.writePieces(true, 0, Opcode.BINARY, null, [bytes], bytes.length)
          else {
            const frame = encodeForMany(Opcode.BINARY, bytes)
            frames.push({ frame, copy: Uint8Array.from(frame) })
            output.writeShared(frame)
          }
          expect(output.length).toBe(concatenate(expected).length)
        }
        expect(isSame(concatenate(output.take()), concatenate(expected))).toBe(true)
        for (const { frame, copy } of frames) expect(isSame(frame, copy)).toBe(true)
      }),
    )
  })
})

describe('writePieces', () => {
  test('writes the frame that holds the pieces one after the other', () => {
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 5 }), maskingKey, (pieces, key) => {
        const output = new OutputBuffer()
        const whole = concatenate(pieces)
        output.writePieces(true, 0, Opcode.BINARY, key, pieces, whole.length)
        expect(output.length).toBe(writeObviously(true, 0, Opcode.BINARY, key, whole).length)
        expect(isSame(concatenate(output.take()), writeObviously(true, 0, Opcode.BINARY, key, whole))).toBe(
          true,
        )
      }),
      { numRuns: 50 },
    )
  })

  test('hands on large pieces by reference, and copies small ones', () => {
    const output = new OutputBuffer()
    const large = new Uint8Array(16_000)
    const small = new Uint8Array(15_999)
    output.writePieces(true, 0, Opcode.BINARY, null, [small, large], small.length + large.length)
    const sent = output.take()
    expect(sent).toContain(large)
    expect(sent.some(({ buffer }) => buffer === small.buffer)).toBe(false)
  })

  test('masks pieces of any length with one key', () => {
    const output = new OutputBuffer()
    const pieces = [1, 2, 3, 50, 20_000].map((size) => new Uint8Array(size).fill(size))
    const whole = concatenate(pieces)
    output.writePieces(false, 0, Opcode.TEXT, 0x37fa213d, pieces, whole.length)
    const expected = writeObviously(false, 0, Opcode.TEXT, 0x37fa213d, whole)
    expect(isSame(concatenate(output.take()), expected)).toBe(true)
  })
})

describe('writeFrame', () => {
  test('writes the frames of RFC 6455 section 5.7', () => {
    const output = new OutputBuffer()
    output.writeFrame(true, 0, Opcode.TEXT, null, wire`48656c6c6f`, 0, 5)
    output.writeFrame(true, 0, Opcode.TEXT, 0x37fa213d, wire`48656c6c6f`, 0, 5)
    output.writeFrame(false, 0, Opcode.TEXT, null, wire`48656c6c6f`, 0, 3)
    output.writeFrame(true, 0, Opcode.CONTINUATION, null, wire`48656c6c6f`, 3, 5)
    expect(output.length).toBe(27)
    expect(toHex(concatenate(output.take()))).toBe('810548656c6c6f818537fa213d7f9f4d5158010348656c80026c6f')
    expect(output.length).toBe(0)
    expect(output.take()).toEqual([])
  })

  test.each([null, 0x37fa213d])('writes payloads of any length, out of the middle too (key %s)', (key) => {
    const bytes = new Uint8Array(300).map((_, i) => i * 7)
    for (let end = 2; end <= bytes.length; end++) {
      const output = new OutputBuffer()
      output.writeFrame(true, 0, Opcode.BINARY, key, bytes, 0, end)
      output.writeFrame(true, 0, Opcode.BINARY, key, bytes, 2, end)
      const expected = [bytes.subarray(0, end), bytes.subarray(2, end)].map((payload) =>
        writeObviously(true, 0, Opcode.BINARY, key, payload),
      )
      expect(isSame(concatenate(output.take()), concatenate(expected))).toBe(true)
    }
    const output = new OutputBuffer()
    writeWhole(output, bytes, key)
    expect(isSame(concatenate(output.take()), writeObviously(true, 0, Opcode.BINARY, key, bytes))).toBe(true)
  })

  test('joins many small frames to one piece', () => {
    const output = new OutputBuffer()
    for (let i = 0; i < 100; i++) writeWhole(output, Uint8Array.of(i))
    const pieces = output.take()
    expect(pieces).toHaveLength(1)
    expect(concatenate(pieces).length).toBe(300)
  })

  test.each([3, 79, 80, 81, 125])('writes payloads of %d octets, and parts of them', (size) => {
    const output = new OutputBuffer()
    const bytes = new Uint8Array(size).map((_, i) => i + 1)
    writeWhole(output, bytes)
    output.writeFrame(true, 0, Opcode.BINARY, null, bytes, 1, size - 1)
    expect(
      isSame(
        concatenate(output.take()),
        concatenate([
          writeObviously(true, 0, Opcode.BINARY, null, bytes),
          writeObviously(true, 0, Opcode.BINARY, null, bytes.slice(1, -1)),
        ]),
      ),
    ).toBe(true)
  })

  test('hands on a large payload without mask by reference, and nothing else', () => {
    const output = new OutputBuffer()
    const large = new Uint8Array(100_000).fill(1)
    writeWhole(output, wire`01`)
    writeWhole(output, large)
    output.writeFrame(true, 0, Opcode.BINARY, null, large, 10, 90_000)
    writeWhole(output, wire`02`)
    const pieces = output.take()
    expect(pieces).toContain(large)
    expect(
      pieces
        .filter((piece) => piece.buffer === large.buffer)
        .map((piece) => [piece.byteOffset, piece.length]),
    ).toEqual([
      [0, 100_000],
      [10, 89_990],
    ])
  })

  test('never modifies what it is given, and copies what it masks', () => {
    const output = new OutputBuffer()
    for (const size of [5, 200, 20_000, 100_000]) {
      const bytes = new Uint8Array(size).fill(0x61)
      writeWhole(output, bytes, 0xffffffff)
      expect(bytes.every((octet) => octet === 0x61)).toBe(true)
      expect(output.take().some((piece) => piece.buffer === bytes.buffer)).toBe(false)
    }
  })
})

describe('writeText', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 90 }),
    fc.string({ unit: 'binary-ascii', maxLength: 140 }),
    // Lone surrogates and pairs.
    fc.string({ unit: fc.constantFrom('\ud83c', '\udf0d', '\u00e9', 'a', '\u4e16'), maxLength: 60 }),
    fc
      .tuple(
        fc.constantFrom('a', 'é', '世', '🌍', '\ud83c', 'a\udf0d'),
        fc.constantFrom(40, 41, 5_450, 5_470, 22_000),
      )
      .map(([unit, count]) => unit.repeat(count)),
  )

  test('writes any text as TextEncoder would, lone surrogates too, with the shortest header', () => {
    fc.assert(
      fc.property(text, maskingKey, fc.boolean(), fc.nat({ max: 7 }), (string, key, fin, rsv) => {
        const output = new OutputBuffer()
        output.writeText(fin, rsv, key, string)
        const expected = writeObviously(fin, rsv, Opcode.TEXT, key, new TextEncoder().encode(string))
        expect(output.length).toBe(expected.length)
        expect(isSame(concatenate(output.take()), expected)).toBe(true)
      }),
    )
  })

  test.each([null, 0x37fa213d])(
    'writes texts whose header is longer than it would be for ASCII (mask: %s)',
    (key) => {
      for (const text of ['é'.repeat(63), 'é'.repeat(125), '世'.repeat(42), `${'a'.repeat(124)}é`]) {
        const output = new OutputBuffer()
        output.writeText(true, 0, key, text)
        const expected = writeObviously(true, 0, Opcode.TEXT, key, new TextEncoder().encode(text))
        expect(toHex(concatenate(output.take()))).toBe(toHex(expected))
      }
    },
  )

  test('writes later fragments as continuation', () => {
    const output = new OutputBuffer()
    output.writeText(false, 0, null, 'Hel')
    output.writeText(true, 0, null, 'lo', Opcode.CONTINUATION)
    expect(toHex(concatenate(output.take()))).toBe('010348656c80026c6f')
  })
})

describe('several output buffers', () => {
  const command = fc.oneof(
    fc.record({ do: fc.constant('frame' as const), to: fc.nat({ max: 2 }), payload, key: maskingKey }),
    fc.record({
      do: fc.constant('text' as const),
      to: fc.nat({ max: 2 }),
      text: fc.string(),
      key: maskingKey,
    }),
    fc.record({ do: fc.constant('take' as const), to: fc.nat({ max: 2 }) }),
  )

  test('keep their frames apart and in order, and never write again into what was taken', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 24 }), (commands) => {
        const outputs = [new OutputBuffer(), new OutputBuffer(), new OutputBuffer()]
        const expected: Uint8Array[][] = [[], [], []]
        const taken: Uint8Array[][] = [[], [], []]
        for (const each of commands) {
          const output = outputs[each.to]
          if (output === undefined) expect.fail('no such output')
          if (each.do === 'take') taken[each.to]?.push(...output.take())
          else if (each.do === 'text') {
            output.writeText(true, 0, each.key, each.text)
            const bytes = new TextEncoder().encode(each.text)
            expected[each.to]?.push(writeObviously(true, 0, Opcode.TEXT, each.key, bytes))
          } else {
            writeWhole(output, each.payload, each.key)
            expected[each.to]?.push(writeObviously(true, 0, Opcode.BINARY, each.key, each.payload))
          }
        }
        for (const [i, output] of outputs.entries()) {
          const pending = output.length
          const rest = output.take()
          expect(concatenate(rest).length).toBe(pending)
          const all = concatenate([...(taken[i] ?? []), ...rest])
          expect(isSame(all, concatenate(expected[i] ?? []))).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('keep short output in one piece where the slab ends', () => {
    const output = new OutputBuffer()
    const payload = new Uint8Array(4000).map((_, i) => i)
    const frame = writeObviously(true, 0, Opcode.BINARY, null, payload)
    for (let turn = 0; turn < 20; turn++) {
      for (let i = 0; i < 3; i++) writeWhole(output, payload)
      const pieces = output.take()
      expect(pieces).toHaveLength(1)
      expect(isSame(pieces[0], concatenate([frame, frame, frame]))).toBe(true)
    }
  })

  test('leave long output where it is when the slab ends', () => {
    const output = new OutputBuffer()
    const payload = new Uint8Array(12_000).map((_, i) => i)
    for (let i = 0; i < 20; i++) writeWhole(output, payload)
    const pieces = output.take()
    expect(pieces.length).toBeGreaterThan(1)
    const frame = writeObviously(true, 0, Opcode.BINARY, null, payload)
    expect(isSame(concatenate(pieces), concatenate(Array.from({ length: 20 }, () => frame)))).toBe(true)
  })

  test('take turns in the slab they share', () => {
    const first = new OutputBuffer()
    const second = new OutputBuffer()
    writeWhole(first, wire`01`)
    writeWhole(second, wire`02`)
    writeWhole(first, wire`03`)
    expect(concatenate(first.take())).toEqual(concatenate([wire`820101`, wire`820103`]))
    expect(concatenate(second.take())).toEqual(concatenate([wire`820102`]))
  })
})
