/**
 * `@hybi/utf8` and its two ways, the automaton and the host's check, beside the obvious version, `node:buffer` and the
 * `utf-8-validate` package. Prints the table of the README: ns for a text, the least that was seen.
 *
 *     npx pnpm --filter @hybi/utf8 bench
 */

import { isUtf8 as hostIsUtf8 } from 'node:buffer'
import { cpus } from 'node:os'
import { do_not_optimize, measure } from 'mitata'
import addon from 'utf-8-validate'
import { advance, BOUNDARY } from '../src/automaton.ts'
import { isUtf8, Utf8Validator } from '../src/index.ts'
import { advanceNatively } from '../src/native-run.ts'
import { judge } from '../test/obvious.ts'

/** Each is measured so often, in turns, and so long. */
const PASSES = 4
const MEASURE = { min_cpu_time: 150_000_000 }
const SIZES = [16, 32, 48, 64, 125, 256, 1024, 65_536]

/** The characters of `text` again and again, as many as fill `size` octets, and what is left with `x`. */
function fill(text: string, size: number): Uint8Array {
  const characters = Array.from(text, (character) => Buffer.from(character))
  const bytes = new Uint8Array(Buffer.alloc(size, 'x'))
  let at = 0
  for (let i = 0; at + 4 <= size; i++) {
    const octets = characters[i % characters.length] ?? []
    bytes.set(octets, at)
    at += octets.length
  }
  return bytes
}

const texts = { ascii: 'The quick brown fox ', mixed: 'Größe κόσμε 世界 🌍 ' }
const validator = new Utf8Validator()

/** Each of a text that stands by itself, or, where that is said, within a chunk. */
const subjects: Record<string, (bytes: Uint8Array, buffer: Buffer, chunk: Uint8Array) => unknown> = {
  '`isUtf8`': (bytes) => isUtf8(bytes),
  '`Utf8Validator`, part of a chunk': (bytes, _, chunk) => validator.push(chunk, 1, bytes.length + 1),
  'automaton alone': (bytes) => advance(BOUNDARY, bytes, 0, bytes.length) === BOUNDARY,
  'host, part of a chunk': (bytes, _, chunk) =>
    advanceNatively(BOUNDARY, chunk, 1, bytes.length + 1, hostIsUtf8) === BOUNDARY,
  obvious: (bytes) => judge(bytes) === 'valid',
  '`node:buffer`': (bytes) => hostIsUtf8(bytes),
  '`utf-8-validate`': (_, buffer) => addon(buffer),
}

const row = (...cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)

console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`,
)
row('text', ...Object.keys(subjects))
row('---', ...Object.keys(subjects).map(() => '---:'))
for (const [name, text] of Object.entries(texts)) {
  for (const size of SIZES) {
    const bytes = fill(text, size)
    const buffer = Buffer.from(bytes.buffer)
    const chunk = Uint8Array.of(0x78, ...bytes, 0x78)
    const least = new Map<string, number>()
    for (let pass = 0; pass < PASSES; pass++)
      for (const [subject, check] of Object.entries(subjects)) {
        const { min } = await measure(() => do_not_optimize(check(bytes, buffer, chunk)), MEASURE)
        least.set(subject, Math.min(least.get(subject) ?? Number.POSITIVE_INFINITY, min))
      }
    row(`${name}, ${size} B`, ...Array.from(least.values(), (ns) => ns.toFixed(0)))
  }
}
