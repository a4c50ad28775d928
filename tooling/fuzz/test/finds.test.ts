/** What was found once, and is all right since. */
import { expect, test } from 'vitest'
import { fuzzers } from '../src/fuzzers/all.ts'

test.each([
  ['response-head', 20261122, 4517, 'a model that tried empty elements of a list in every combination'],
  ['versus-undici', 20261123, 11_539, 'a limit that undici holds too late, and fails with its code later'],
  ['versus-undici', 20261123, 137_043, 'two byte order marks at the start of the reason of a Close'],
  ['deflate-whole', 20261123, 27_214, 'a message that leaves its window and is too big'],
] as const)('%s, seed %d, input %d: %s', async (name, seed, index, _was) => {
  expect(await fuzzers.find((fuzzer) => fuzzer.name === name)?.run(seed, index)).toBeNull()
})
