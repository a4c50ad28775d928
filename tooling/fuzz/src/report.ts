/** A run in words. */
import type { Find } from './fuzzer.ts'
import type { Tally } from './messages.ts'

/** The tallies of all workers, added up by name, in the order of the first. */
export function addUp(tallies: readonly Tally[]): readonly Tally[] {
  const sums = new Map<string, Tally>()
  for (const { name, inputs, ms } of tallies) {
    const sum = sums.get(name)
    sums.set(name, { name, inputs: inputs + (sum?.inputs ?? 0), ms: ms + (sum?.ms ?? 0) })
  }
  return [...sums.values()]
}

/** A find with what it takes to see it again. */
export const describeFind = ({ fuzzer, seed, index, fault, input }: Find): string =>
  [
    `FIND in ${fuzzer}: ${fault}`,
    `  input: ${input}`,
    `  again: npm run fuzz -- --only ${fuzzer} --seed ${seed} --at ${index}`,
    '',
  ].join('\n')

/** The table of a run, and its last line: each fuzzer is one case, passed when it found nothing. */
export function describeRun(
  tallies: readonly Tally[],
  explained: ReadonlyMap<string, number>,
  finds: readonly Find[],
): string {
  const lines = tallies.map(({ name, inputs, ms }) => {
    const own = finds.filter(({ fuzzer }) => fuzzer === name).length
    const rate = ms === 0 ? 0 : (inputs / ms) * 1000
    return `${name.padEnd(20)} ${String(inputs).padStart(12)} inputs ${rate.toFixed(0).padStart(8)} a second ${own > 0 ? `${own} FINDS` : ''}`.trimEnd()
  })
  const reasons = [...explained].map(
    ([reason, count]) => `${String(count).padStart(12)} times explained: ${reason}`,
  )
  const inputs = tallies.reduce((sum, tally) => sum + tally.inputs, 0)
  const failed = new Set(finds.map(({ fuzzer }) => fuzzer)).size
  const passed = tallies.filter(({ name }) => !finds.some(({ fuzzer }) => fuzzer === name)).length
  return [
    ...lines,
    ...reasons,
    `${inputs} inputs, ${finds.length} finds`,
    `${passed} passed, ${failed} failed, 0 skipped`,
    '',
  ].join('\n')
}
