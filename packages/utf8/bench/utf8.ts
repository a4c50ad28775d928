/**
 * `@hybi/utf8` beside the obvious byte loop, the host's own check and the `utf-8-validate` package.
 *
 *     pnpm --filter @hybi/utf8 bench
 */

import { isUtf8 as hostIsUtf8 } from 'node:buffer'
import { bench, do_not_optimize, run, summary } from 'mitata'
import addon from 'utf-8-validate'
import { advance, BOUNDARY } from '../src/automaton.ts'
import { isUtf8, Utf8Validator } from '../src/index.ts'

const SIZES = [8, 16, 24, 32, 48, 64, 125, 1024, 65_536]

/** `size` octets of `text` again and again, cut between two characters. */
function fill(text: string, size: number): Uint8Array {
  const octets = Buffer.from(text)
  const bytes = new Uint8Array(Buffer.alloc(size, 'x'))
  for (let at = 0; at + octets.length <= size; at += octets.length) bytes.set(octets, at)
  return bytes
}

const texts = { ascii: 'The quick brown fox ', mixed: 'Größe κόσμε 世界 🌍 ' }
const validator = new Utf8Validator()

for (const [name, text] of Object.entries(texts)) {
  for (const size of SIZES) {
    const bytes = fill(text, size)
    const buffer = Buffer.from(bytes.buffer)
    const chunk = fill(text, size + 2)
    summary(() => {
      bench(`${name} ${size} B: isUtf8`, () => do_not_optimize(isUtf8(bytes)))
      bench(`${name} ${size} B: Utf8Validator, part of a chunk`, () =>
        do_not_optimize(validator.push(chunk, 1, size + 1)),
      )
      bench(`${name} ${size} B: automaton alone`, () =>
        do_not_optimize(advance(BOUNDARY, bytes, 0, bytes.length) === BOUNDARY),
      )
      bench(`${name} ${size} B: node:buffer`, () => do_not_optimize(hostIsUtf8(bytes)))
      bench(`${name} ${size} B: utf-8-validate`, () => do_not_optimize(addon(buffer)))
    })
  }
}

await run()
