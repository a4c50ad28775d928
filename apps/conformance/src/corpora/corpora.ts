/**
 * The payloads of categories 12 and 13, made up deterministically: JSON, prose, HTML, a bitmap, and octets that are compressed
 * already. Their sizes are of the order of Autobahn's files; their content is our own, and none takes a compressor longer than
 * its kind must: what these categories cost is the time of the endpoint's zlib.
 */
import { deflateRawSync } from 'node:zlib'
import type { CorpusName } from '../cases/case.ts'
import { Random } from './random.ts'
import { makeSentence, makeWords } from './words.ts'

const SIZES: Readonly<Record<CorpusName, number>> = {
  json: 194_056,
  bitmap: 263_222,
  prose: 222_218,
  html: 263_620,
  packed: 1_042_328,
}

/** Text corpora are cut by code points. */
export const isTextCorpus = (name: CorpusName): boolean => name === 'json' || name === 'html'

const made = new Map<CorpusName, Uint8Array>()

/** Octets of a corpus: the same ones on every machine, made when they are first asked for. */
export function getCorpus(name: CorpusName): Uint8Array {
  let octets = made.get(name)
  if (octets === undefined) {
    octets = MAKERS[name]()
    made.set(name, octets)
  }
  return octets
}

const MAKERS: Readonly<Record<CorpusName, () => Uint8Array>> = {
  json: () => new TextEncoder().encode(makeJson().slice(0, SIZES.json)),
  html: () => new TextEncoder().encode(makeHtml().slice(0, SIZES.html)),
  prose: () => new TextEncoder().encode(makeProse(SIZES.prose)).slice(0, SIZES.prose),
  bitmap: makeBitmap,
  packed: makePacked,
}

/** An array of records as a web service would send it: much indentation, the same keys again and again, few values. */
function makeJson(): string {
  const random = new Random(0x6a73_6f6e)
  const words = makeWords(11, 24)
  const records: string[] = []
  for (let id = 0, length = 0; length < SIZES.json + 1000; id++) {
    const record = JSON.stringify(
      {
        id,
        isActive: random.below(2) === 1,
        age: 20 + random.below(8),
        name: random.pick(words, 3),
        picture: { url: 'http://images.example/placeholder/32x32.png', width: 32, height: 32 },
        tags: Array.from({ length: 4 }, () => random.pick(words, FEW)),
        friends: Array.from({ length: 3 }, (_, index) => ({ id: index, name: random.pick(words, FEW) })),
        greeting: 'Hello! You have unread messages, and somebody would like to be your friend.',
      },
      null,
      INDENT,
    )
    records.push(record)
    length += record.length
  }
  return `[\n${records.join(',\n')}\n]\n`
}

/** Values come from the beginning of a list most of the time. */
const FEW = 6
const INDENT = 8

/** Minutes of meetings: every other sentence or so is one of those that are always written. */
function makeProse(length: number): string {
  const random = new Random(0x7072_6f73)
  const words = makeWords(23, 4000)
  const phrases = Array.from({ length: 200 }, () => makeSentence(random, words))
  const lines: string[] = []
  for (let made = 0; made < length + 200; ) {
    const sentence = random.below(10) < PHRASES_IN_TEN ? random.pick(phrases) : makeSentence(random, words)
    const line = sentence + (random.below(6) === 0 ? '\r\n' : '')
    lines.push(line)
    made += line.length + 2
  }
  return lines.join('\r\n')
}

const PHRASES_IN_TEN = 7

/** Some letters take two octets, so that code points and octets are not the same. */
function makeHtml(): string {
  const random = new Random(0x6874_6d6c)
  const words = [...makeWords(37, 40), 'grün', 'café', 'niño', 'Straße', 'œuvre']
  const parts = [
    '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Pages</title></head>\n<body>\n',
  ]
  for (let length = 0, row = 0; length < SIZES.html + 1000; row++) {
    const word = random.pick(words, FEW)
    const part = `      <div class="row" id="item-${row}">
        <h2 class="row-title"><a class="link link-internal" href="/catalogue/pages/${word}">${word}</a></h2>
        <p class="row-text">Read more about ${random.pick(words, FEW)} on the pages that follow, or go back to the catalogue.</p>
        <span class="row-price"><abbr title="Euro">€</abbr> ${random.below(100)},00</span>
      </div>
`
    parts.push(part)
    length += part.length
  }
  return parts.join('')
}

const BITMAP_HEADER = 1078
const BITMAP_SIDE = 512
/** Grey levels of noise in the photographs, and the distance of the flat tones around them. */
const GRAIN = 15
const TONE = 16
/** Log2 of the side of a tile. */
const TILE_BITS = 6

/** A greyscale poster: soft shapes in flat tones, and one tile of eight as a photograph shows them, which compresses badly. */
function makeBitmap(): Uint8Array {
  const random = new Random(0x626d_7020)
  const bitmap = new Uint8Array(SIZES.bitmap)
  bitmap.set([0x42, 0x4d, 0x36, 0x04, 0x04, 0x00])
  for (let grey = 0; grey < 256; grey++) bitmap.set([grey, grey, grey, 0], 54 + 4 * grey)
  for (let y = 0; y < BITMAP_SIDE; y++)
    for (let x = 0; x < BITMAP_SIDE; x++) {
      const shape = 128 + 60 * Math.sin(x / 41) * Math.cos(y / 57) + 40 * Math.sin((x + 2 * y) / 97)
      const at = BITMAP_HEADER + y * BITMAP_SIDE + x
      if (at < bitmap.length)
        bitmap[at] = isPhotograph(x, y) ? shape + random.below(GRAIN) : shape - (shape % TONE)
    }
  return bitmap
}

const isPhotograph = (x: number, y: number): boolean =>
  ((x >> TILE_BITS) & 3) === 0 && ((y >> TILE_BITS) & 1) === 0

/** Streams of a compressor with readable descriptions between them, as in a document with pictures. */
function makePacked(): Uint8Array {
  const random = new Random(0x7061_636b)
  const words = makeWords(53, 6000)
  const parts: Uint8Array[] = []
  for (let length = 0; length < SIZES.packed; ) {
    const page = Array.from({ length: 400 }, () => `${random.pick(words)}${random.below(10_000)}`).join(' ')
    const stream = deflateRawSync(page, { level: 9 })
    const description =
      `stream ${stream.length} filter deflate columns 400 colours none predictor 12 `.repeat(28)
    parts.push(new TextEncoder().encode(description), stream)
    length += description.length + stream.length
  }
  return new Uint8Array(Buffer.concat(parts, SIZES.packed))
}
