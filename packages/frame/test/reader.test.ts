import { byteByByte, chunkings, toHex, wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, encodeHeader, FrameReader, Opcode, Step } from '../src/index.ts'
import { type Frame, readObviously } from './obvious.ts'

/** Reads all there is and puts the steps together to frames, the last one perhaps without its end. */
function collect(reader: FrameReader, frames: Frame[] = [], afterStep = () => undefined): Frame[] {
  for (;;) {
    const step = reader.next()
    const frame = frames.at(-1)
    if (step === Step.NEED_DATA) return frames
    if (step === Step.HEADER) frames.push({ ...reader.header, payload: [], ended: false })
    else if (frame === undefined) expect.fail('a step before the first header')
    else if (step === Step.END) frame.ended = true
    else {
      expect(reader.payloadOffset).toBe(frame.payload.length)
      expect(reader.end).toBeGreaterThan(reader.start)
      frame.payload.push(...reader.chunk.subarray(reader.start, reader.end))
    }
    afterStep()
  }
}

/** What becomes of octets that come in these chunks, all of them before anything is read or each read at once. */
function readAll(chunks: readonly Uint8Array[], queued = false): Frame[] {
  const reader = new FrameReader()
  const frames: Frame[] = []
  for (const chunk of chunks) {
    reader.receive(chunk.slice())
    if (!queued) collect(reader, frames)
  }
  return collect(reader, frames)
}

/** An empty frame never lacks its end: END needs no data. */
const expected = (octets: Uint8Array): Frame[] => readObviously(octets).frames

const text = (frame: Frame | undefined): string =>
  new TextDecoder().decode(Uint8Array.from(frame?.payload ?? []))

const anyFrame: fc.Arbitrary<Uint8Array> = fc
  .record({
    fin: fc.boolean(),
    rsv: fc.nat({ max: 7 }),
    opcode: fc.nat({ max: 15 }),
    maskingKey: fc.integer({ min: 0, max: 0xffff_ffff }),
    masked: fc.boolean(),
    form: fc.constantFrom(0 as const, 2 as const, 8 as const),
    payload: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ minLength: 120, maxLength: 300 })),
  })
  .map(({ masked, maskingKey, form, payload, ...fields }) =>
    encodeFrame(
      {
        ...fields,
        ...(masked ? { maskingKey } : {}),
        ...(form === 0 || (form === 2 && payload.length > 65_535) ? {} : { lengthBytes: form }),
      },
      payload,
    ),
  )

/** A stream of frames of every kind that may end anywhere. */
const anyStream: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(anyFrame, { maxLength: 6 }), fc.nat({ max: 20 }))
  .map(([frames, missing]) => {
    const octets = Uint8Array.from(frames.flatMap((frame) => [...frame]))
    return octets.slice(0, Math.max(0, octets.length - missing))
  })

const streamInChunks = anyStream.chain((octets) => fc.tuple(fc.constant(octets), chunkings(octets)))

describe('FrameReader', () => {
  test.each([
    ['a single-frame unmasked text message', wire`81 05 48656c6c6f`, [['Hello', Opcode.TEXT, true]]],
    ['a single-frame masked text message', wire`81 85 37fa213d 7f9f4d5158`, [['Hello', Opcode.TEXT, true]]],
    [
      'a fragmented unmasked text message',
      wire`01 03 48656c 80 02 6c6f`,
      [
        ['Hel', Opcode.TEXT, false],
        ['lo', Opcode.CONTINUATION, true],
      ],
    ],
    [
      'an unmasked Ping and a masked Pong',
      wire`89 05 48656c6c6f 8a 85 37fa213d 7f9f4d5158`,
      [
        ['Hello', Opcode.PING, true],
        ['Hello', Opcode.PONG, true],
      ],
    ],
  ])('reads %s of RFC 6455 section 5.7, whole and octet by octet', (_, octets, frames) => {
    for (const chunks of [[octets], byteByByte(octets)]) {
      const read = readAll(chunks)
      expect(read.map((frame) => [text(frame), frame.opcode, frame.fin])).toEqual(frames)
      expect(read.every((frame) => frame.ended)).toBe(true)
    }
  })

  test('reads 256 bytes and 64 KiB of section 5.7', () => {
    for (const [header, length] of [
      [wire`82 7e 0100`, 256],
      [wire`82 7f 0000000000010000`, 65_536],
    ] as const) {
      const reader = new FrameReader()
      reader.receive(header)
      reader.receive(new Uint8Array(length))
      expect(reader.next()).toBe(Step.HEADER)
      expect(reader.header).toMatchObject({ opcode: Opcode.BINARY, payloadLength: length, masked: false })
      expect(reader.next()).toBe(Step.PAYLOAD)
      expect(reader.end - reader.start).toBe(length)
      expect(reader.next()).toBe(Step.END)
      expect(reader.next()).toBe(Step.NEED_DATA)
    }
  })

  test('takes its steps as its first lines say', () => {
    const reader = new FrameReader()
    expect(reader.next()).toBe(Step.NEED_DATA)
    reader.receive(wire`81 85 37fa213d 7f9f4d`)
    expect([reader.next(), reader.next(), reader.next()]).toEqual([Step.HEADER, Step.PAYLOAD, Step.NEED_DATA])
    reader.receive(wire`51 58 89 00`)
    expect([reader.next(), reader.payloadOffset, reader.next()]).toEqual([Step.PAYLOAD, 3, Step.END])
    expect([reader.next(), reader.next(), reader.next()]).toEqual([Step.HEADER, Step.END, Step.NEED_DATA])
  })

  test('needs no further octet to tell of an end', () => {
    const reader = new FrameReader()
    reader.receive(wire`81 00`)
    expect([reader.next(), reader.next(), reader.next()]).toEqual([Step.HEADER, Step.END, Step.NEED_DATA])
  })

  test('reads any stream of frames as section 5.2 read aloud, however it is cut', () => {
    fc.assert(
      fc.property(streamInChunks, fc.boolean(), ([octets, chunks], queued) => {
        expect(readAll(chunks, queued)).toEqual(expected(octets))
      }),
    )
  })

  test('reads any octets at all the same way, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }).chain((octets) => fc.tuple(fc.constant(octets), chunkings(octets))),
        ([octets, chunks]) => {
          expect(readAll(chunks)).toEqual(expected(octets))
        },
      ),
    )
  })

  test('reads every pair of first octets', () => {
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        const octets = Uint8Array.of(first, second, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)
        const reader = new FrameReader()
        reader.receive(octets.slice())
        const [frame] = expected(octets)
        if (reader.next() !== Step.HEADER) expect.fail(`no header after ${first} ${second}`)
        const { header } = reader
        const same =
          header.fin === frame?.fin &&
          header.rsv === frame.rsv &&
          header.opcode === frame.opcode &&
          header.masked === frame.masked &&
          header.payloadLength === frame.payloadLength &&
          header.lengthBytes === frame.lengthBytes
        if (!same) expect(header).toEqual(frame)
      }
    }
  })

  test('counts what it has not told of', () => {
    const reader = new FrameReader()
    for (const chunk of [wire`82 02 01 02 81`, wire`85 37fa213d`, wire`7f9f`]) reader.receive(chunk)
    const counts = [reader.buffered]
    while (reader.next() !== Step.NEED_DATA) counts.push(reader.buffered)
    expect(counts).toEqual([12, 10, 8, 8, 2, 0])
    reader.receive(wire`4d5158 81`)
    while (reader.next() !== Step.NEED_DATA) counts.push(reader.buffered)
    expect(counts.slice(6)).toEqual([1, 1])
    expect(reader.buffered).toBe(1)
  })

  test('counts what it has not told of, whatever the stream', () => {
    fc.assert(
      fc.property(streamInChunks, ([octets, chunks]) => {
        const reader = new FrameReader()
        for (const chunk of chunks) reader.receive(chunk)
        expect(reader.buffered).toBe(octets.length)
        collect(reader)
        expect(reader.buffered).toBe(readObviously(octets).rest)
      }),
    )
  })

  test('unmasks in place and hands out the very memory that it received', () => {
    const chunk = wire`81 85 37fa213d 7f9f4d5158`
    const reader = new FrameReader()
    reader.receive(chunk)
    expect(reader.next()).toBe(Step.HEADER)
    expect(toHex(chunk)).toBe('818537fa213d7f9f4d5158')
    expect(reader.next()).toBe(Step.PAYLOAD)
    expect(reader.chunk).toBe(chunk)
    expect([reader.start, reader.end]).toEqual([6, 11])
    expect(toHex(chunk)).toBe('818537fa213d48656c6c6f')
  })

  test('modifies no octet of an unmasked frame', () => {
    const octets = encodeFrame({ opcode: Opcode.BINARY }, new Uint8Array(300).fill(7))
    const chunk = octets.slice()
    const reader = new FrameReader()
    reader.receive(chunk)
    collect(reader)
    expect(chunk).toEqual(octets)
  })

  test('passes over empty chunks', () => {
    const reader = new FrameReader()
    for (const chunk of [wire``, wire`81`, wire``, wire`02 48`, wire``, wire``, wire`69`, wire``])
      reader.receive(chunk)
    const frames = collect(reader)
    expect(frames.map(text)).toEqual(['Hi'])
    reader.receive(wire``)
    expect(reader.next()).toBe(Step.NEED_DATA)
    reader.receive(wire`8900`)
    expect(collect(reader).length).toBe(1)
  })

  test('lets go of chunks that are read', () => {
    const reader = new FrameReader()
    reader.receive(wire`81 02 4869`)
    collect(reader)
    expect(reader.chunk.length).toBe(0)
    expect([reader.start, reader.end]).toEqual([0, 0])
  })

  test('goes through thousands of queued chunks in order', () => {
    const octets = Uint8Array.from(Array.from({ length: 3000 }, (_, i) => [0x82, 1, i & 0xff]).flat())
    expect(readAll(byteByByte(octets), true).map((frame) => frame.payload[0])).toEqual(
      Array.from({ length: 3000 }, (_, i) => i & 0xff),
    )
  })
})

describe('a length that no message can have', () => {
  test.each([
    ['2^53', 2n ** 53n, 2 ** 21],
    ['the top bit', 2n ** 63n, 2 ** 31],
    ['all bits', 2n ** 64n - 1n, 2 ** 32 - 1],
  ])('is told, not believed: %s', (_, length, lengthHigh) => {
    const reader = new FrameReader()
    reader.receive(encodeHeader({ opcode: Opcode.BINARY, payloadLength: length, maskingKey: 0x01020304 }, 0))
    expect(reader.next()).toBe(Step.HEADER)
    expect(reader.header).toMatchObject({ lengthBytes: 8, lengthHigh, payloadLength: Number(length) })
    expect(reader.next()).toBe(Step.NEED_DATA)
    for (let i = 0; i < 3; i++) {
      reader.receive(wire`01020304 01`)
      expect(reader.next()).toBe(Step.PAYLOAD)
      expect(reader.payloadOffset).toBe(5 * i)
      expect(reader.next()).toBe(Step.NEED_DATA)
    }
  })

  test('is exact up to 2^53 - 1', () => {
    const reader = new FrameReader()
    reader.receive(encodeHeader({ opcode: Opcode.BINARY }, Number.MAX_SAFE_INTEGER))
    expect(reader.next()).toBe(Step.HEADER)
    expect(reader.header.payloadLength).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe('keepUnread', () => {
  test('makes the memory of the chunks free for other use, after any step', () => {
    fc.assert(
      fc.property(
        streamInChunks,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        ([octets, chunks], keeps) => {
          const reader = new FrameReader()
          const frames: Frame[] = []
          let received: Uint8Array[] = []
          let steps = 0
          // A Buffer's slice is a view: what the reader keeps must be a copy all the same.
          const keep = (): undefined => {
            if (keeps[steps++ % keeps.length] !== true) return
            reader.keepUnread()
            for (const chunk of received) chunk.fill(0xee)
            received = []
          }
          for (const [i, chunk] of chunks.entries()) {
            received.push(chunk)
            reader.receive(chunk)
            keep()
            if (i % 3 === 2) collect(reader, frames, keep)
          }
          expect(collect(reader, frames, keep)).toEqual(expected(octets))
        },
      ),
    )
  })

  test.each([
    ['being read', [wire`82 01 01 82 01 02`]],
    ['in the queue', [wire`82 01`, wire`01 82 01 02`]],
  ])('copies a chunk %s once, however often it is called', (_, chunks) => {
    const reader = new FrameReader()
    for (const chunk of chunks) reader.receive(chunk)
    expect(reader.next()).toBe(Step.HEADER)
    reader.keepUnread()
    expect(reader.next()).toBe(Step.PAYLOAD)
    const copy = reader.chunk
    reader.keepUnread()
    expect(reader.chunk.length).toBe(0)
    expect([reader.next(), reader.next(), reader.next()]).toEqual([Step.END, Step.HEADER, Step.PAYLOAD])
    expect(reader.chunk).toBe(copy)
  })
})
