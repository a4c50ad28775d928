import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deflated, REFERENCE_TO_NOTHING, storedBlock } from '../../src/cases/own/deflated.ts'
import { octets, repeat } from '../../src/cases/step.ts'
import { getCorpus, isTextCorpus } from '../../src/corpora/corpora.ts'
import { CorpusWindow } from '../../src/corpora/window.ts'
import { CompressedWindow } from '../../src/deflate/compressed-window.ts'
import { deflateMessage, keepContext } from '../../src/deflate/deflater.ts'
import { MessageInflater } from '../../src/deflate/inflater.ts'
import { scanDeflate } from '../../src/deflate/scan.ts'

const NOTHING = new Uint8Array(0)
const FULL = { windowBits: 15, noContextTakeover: true }

const compress = (plain: Uint8Array, options: Parameters<typeof deflateRawSync>[1] = {}): Uint8Array => {
  const stream = deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH, ...options })
  return stream.subarray(0, stream.length - 4)
}

describe('the scan of a DEFLATE stream', () => {
  it('counts the octets that any stream of zlib stands for', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
        (plain, level, strategy) => {
          const twice = Buffer.concat([plain, plain])
          const scan = scanDeflate(compress(twice, { level, strategy }))
          expect(scan?.length).toBe(twice.length)
          expect(scan?.needsContext).toBe(false)
        },
      ),
    )
  })

  it('finds the farthest back-reference', () => {
    const apart = Buffer.concat([
      octets('a phrase of its own'),
      new Uint8Array(3000),
      octets('a phrase of its own'),
    ])
    expect(scanDeflate(compress(apart))?.farthest).toBe(3019)
    expect(scanDeflate(compress(apart, { windowBits: 9 }))?.farthest).toBeLessThanOrEqual(512)
  })

  it('finds references into the context of an earlier message', () => {
    expect(scanDeflate(deflated('the same again', 'the same again'))?.needsContext).toBe(true)
    expect(scanDeflate(REFERENCE_TO_NOTHING)?.needsContext).toBe(true)
    expect(scanDeflate(storedBlock('Hello'))).toEqual({ length: 5, farthest: 0, needsContext: false })
  })

  it('is null for what is no such stream', () => {
    expect(scanDeflate(Uint8Array.of(0x07, 0x00))).toBeNull()
    expect(scanDeflate(compress(repeat('cut off in the middle', 500)).subarray(0, 5))).toBeNull()
  })
})

describe('messages', () => {
  it('come out as they went in, with and without context', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom(9, 12, 15),
        (messages, noContextTakeover, windowBits) => {
          const parameters = { windowBits, noContextTakeover }
          const inflater = new MessageInflater(parameters)
          let before: Uint8Array = NOTHING
          for (const message of messages) {
            const sent = deflateMessage(message, before, parameters)
            expect(inflater.inflate([sent.subarray(0, 1), sent.subarray(1)], 700)).toEqual(
              Buffer.from(message),
            )
            before = keepContext(before, message, windowBits)
          }
        },
      ),
    )
  })

  it('fail in words when they cannot be inflated, are too long, or need what is not there', () => {
    const inflater = new MessageInflater(FULL)
    expect(inflater.inflate([Uint8Array.of(0x07)], 10)).toHaveProperty('failure')
    expect(inflater.inflate([deflated(repeat('x', 100))], 99)).toHaveProperty('failure')
    expect(inflater.inflate([REFERENCE_TO_NOTHING], 10)).toHaveProperty('failure')
  })
})

describe('a corpus', () => {
  it.each(['json', 'html', 'prose', 'bitmap', 'packed'] as const)(
    '%s is the same every time and compresses as its kind does',
    (name) => {
      const corpus = getCorpus(name)
      const ratio = compress(corpus.subarray(0, 131_072)).length / 131_072
      const [least, most] = {
        json: [0.02, 0.08],
        html: [0.02, 0.08],
        prose: [0.2, 0.35],
        bitmap: [0.12, 0.25],
        packed: [0.55, 0.7],
      }[name]
      expect(ratio).toBeGreaterThan(least)
      expect(ratio).toBeLessThan(most)
      expect(getCorpus(name)).toBe(corpus)
    },
  )

  it('moves its window over all of it and around, by code points where it is text', () => {
    const text = new CorpusWindow('html', 1000)
    const decoder = new TextDecoder('utf-8', { fatal: true })
    const units = [...decoder.decode(getCorpus('html'))].length
    const rounds = Math.ceil(units / 1000) + 1
    const read = Array.from({ length: rounds }, (_, index) => decoder.decode(text.message(index))).join('')
    expect([...read]).toHaveLength(rounds * 1000)
    const whole = decoder.decode(getCorpus('html'))
    expect(read.startsWith(whole)).toBe(true)
    expect(whole.startsWith([...read].slice(units).join('').slice(0, 100))).toBe(true)
    expect(isTextCorpus('packed')).toBe(false)
    const octetsOf = new CorpusWindow('packed', 65_536)
    expect(octetsOf.message(999)).toHaveLength(65_536)
  })

  it('is compressed message by message as one stream with context would be', () => {
    const parameters = { windowBits: 15, noContextTakeover: false }
    const window = new CompressedWindow('json', 300, parameters)
    const inflater = new MessageInflater(parameters)
    for (let index = 0; index < 150; index++)
      expect(inflater.inflate([window.message(index)], 300)).toEqual(Buffer.from(window.plain.message(index)))
    expect(scanDeflate(window.message(140))?.needsContext).toBe(true)
    expect(window.message(3)).toBe(window.message(3))
    expect(window.size).toBeGreaterThan(0)
    window.clear()
    expect(window.size).toBe(0)
  })
})
