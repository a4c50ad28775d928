/** What a fuzzer is: a way to make inputs out of randomness, and an oracle that says what is wrong with what came of one. */
import { hashOf, Random } from './random.ts'

/** Written down by each fuzzer. */
export interface Definition<Input> {
  /** What `--only` takes. */
  readonly name: string
  /** One line: what is fed to what, and what it is compared with. */
  readonly about: string
  /** Share of the time, compared with the others. */
  readonly weight: number
  generate(random: Random): Input
  /** Null when all is as it must be; else what is not. Must depend on nothing but the input. What it throws is a find. */
  check(input: Input): string | null | Promise<string | null>
  /** The input in a form that can be pasted into a test. */
  show(input: Input): string
  /** Smaller inputs, the boldest first. */
  shrink?(input: Input): Iterable<Input>
  /** Lets go of what it holds beside memory. */
  end?(): Promise<void>
}

/** Something that is not as it must be. */
export interface Find {
  readonly fuzzer: string
  readonly seed: number
  /** The number of the input: with the seed, all that it takes to see it again. */
  readonly index: number
  readonly fault: string
  readonly input: string
}

/** A fuzzer of any kind of input. */
export interface Fuzzer {
  readonly name: string
  readonly about: string
  readonly weight: number
  /** Runs input number `index`. */
  run(seed: number, index: number): Find | null | Promise<Find | null>
  end(): Promise<void>
}

/** How long one input may take; a machine that was busy meanwhile gets more tries. */
const MOST_MS = 2000
const TRIES = 5
const MOST_SHRINKS = 2000

/** Makes a fuzzer of its definition. */
export function defineFuzzer<Input>(definition: Definition<Input>): Fuzzer {
  const { name, about, weight } = definition
  const random = new Random()
  const nameHash = hashOf(name)
  const generate = (seed: number, index: number): Input => {
    random.reseed(seed ^ Math.floor(index / 0x1_0000_0000), nameHash, index)
    return definition.generate(random)
  }
  const report = async (seed: number, index: number, input: Input, fault: string): Promise<Find> => {
    const smallest = await shrink(definition, input, fault)
    return { fuzzer: name, seed, index, ...smallest }
  }
  return {
    name,
    about,
    weight,
    run(seed, index) {
      const input = generate(seed, index)
      const startedAt = performance.now()
      const fault = check(definition, input)
      if (fault === null) {
        if (performance.now() - startedAt < MOST_MS) return null
        return retime(definition, input).then((slow) =>
          slow === null ? null : { fuzzer: name, seed, index, fault: slow, input: definition.show(input) },
        )
      }
      if (typeof fault === 'string') return report(seed, index, generate(seed, index), fault)
      return fault.then((late) => (late === null ? null : report(seed, index, generate(seed, index), late)))
    },
    end: () => definition.end?.() ?? Promise.resolve(),
  }
}

function check<Input>(definition: Definition<Input>, input: Input): string | null | Promise<string | null> {
  try {
    const fault = definition.check(input)
    return fault instanceof Promise ? fault.catch(describe) : fault
  } catch (error) {
    return describe(error)
  }
}

const describe = (error: unknown): string =>
  `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`

/** Null when the input can be done in time. */
async function retime<Input>(definition: Definition<Input>, input: Input): Promise<string | null> {
  let leastMs = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && leastMs >= MOST_MS; tries++) {
    const startedAt = performance.now()
    await check(definition, input)
    leastMs = Math.min(leastMs, performance.now() - startedAt)
  }
  return leastMs < MOST_MS ? null : `took ${leastMs.toFixed(0)} ms or more, ${TRIES + 1} times`
}

/** The smallest input that could be found to be at fault, too. */
async function shrink<Input>(
  definition: Definition<Input>,
  input: Input,
  fault: string,
): Promise<{ fault: string; input: string }> {
  let best = { input, fault }
  let left = definition.shrink === undefined ? 0 : MOST_SHRINKS
  for (let progress = true; progress && left > 0; ) {
    progress = false
    for (const candidate of definition.shrink?.(best.input) ?? []) {
      if (left-- === 0) break
      const found = await check(definition, candidate)
      if (found === null) continue
      best = { input: candidate, fault: found }
      progress = true
      break
    }
  }
  return { fault: best.fault, input: definition.show(best.input) }
}
