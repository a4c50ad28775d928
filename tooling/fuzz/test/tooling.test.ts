/** What the fuzzers stand on: repeatable randomness, damage, shrinking, and the words of a report. */
import { describe, expect, test, vi } from 'vitest'
import { cutBySizes, randomSizes } from '../src/cuts.ts'
import { defineFuzzer } from '../src/fuzzer.ts'
import { fuzzers } from '../src/fuzzers/all.ts'
import { mutate, smaller } from '../src/mutate.ts'
import { concat } from '../src/octets.ts'
import { hashOf, Random } from '../src/random.ts'
import { addUp, describeFind, describeRun } from '../src/report.ts'
import { shortRun } from '../src/short-run.ts'

describe('randomness', () => {
  const take = (...seeds: [number, number, number]): number[] => {
    const random = new Random(...seeds)
    return Array.from({ length: 5 }, () => random.next())
  }

  test('is repeatable, and another for every seed', () => {
    expect(take(1, 2, 3)).toEqual(take(1, 2, 3))
    const all = [take(1, 2, 3), take(2, 2, 3), take(1, 3, 3), take(1, 2, 4)].map(String)
    expect(new Set(all).size).toBe(4)
  })

  test('stays in its bounds and reaches them', () => {
    const random = new Random(1)
    const seen = new Set(Array.from({ length: 500 }, () => random.between(3, 6)))
    expect([...seen].sort()).toEqual([3, 4, 5, 6])
    const sizes = Array.from({ length: 5000 }, () => random.size(100))
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([0, 100])
    expect(random.size(0)).toBe(0)
  })

  test('names are different seeds', () => {
    expect(hashOf('utf8')).not.toBe(hashOf('utf9'))
  })
})

describe('damage', () => {
  const seed = Uint8Array.from({ length: 40 }, (_, i) => i)

  test('leaves the seed alone and changes most of its copies', () => {
    const random = new Random(4)
    const before = seed.slice()
    const mutants = Array.from({ length: 200 }, () => mutate(random, seed, seed))
    expect(seed).toEqual(before)
    expect(mutants.filter((mutant) => Buffer.compare(mutant, seed) !== 0).length).toBeGreaterThan(150)
    expect(mutants.every((mutant) => mutant.buffer !== seed.buffer)).toBe(true)
  })

  test('makes something out of nothing', () => {
    const random = new Random(5)
    const empty = new Uint8Array(0)
    expect(Math.max(...Array.from({ length: 50 }, () => mutate(random, empty, seed).length))).toBeGreaterThan(
      0,
    )
  })
})

test('chunks put together are the stream', () => {
  const random = new Random(6)
  for (let i = 0; i < 100; i++) {
    const bytes = random.bytes(random.size(200))
    expect(concat(cutBySizes(bytes, randomSizes(random, bytes.length)))).toEqual(bytes)
  }
})

describe('a fuzzer', () => {
  const definition = {
    name: 'no-seven',
    about: '',
    weight: 1,
    generate: (random: Random) => random.bytes(30),
    check: (bytes: Uint8Array) => (bytes.some((byte) => byte % 7 === 0) ? 'a multiple of seven' : null),
    show: (bytes: Uint8Array) => bytes.join(),
    shrink: smaller,
  }

  test('reports the smallest input that it can find, and the same one again', async () => {
    const fuzzer = defineFuzzer(definition)
    const find = await fuzzer.run(3, 0)
    expect(find).toMatchObject({ fuzzer: 'no-seven', seed: 3, index: 0, fault: 'a multiple of seven' })
    expect(Number(find?.input) % 7).toBe(0)
    expect(await fuzzer.run(3, 0)).toEqual(find)
  })

  test('takes what is slow each time for a find, not what was slow once', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const slowFor = (times: number) => {
        let left = times
        return defineFuzzer({
          ...definition,
          check: () => {
            if (left-- > 0) vi.advanceTimersByTime(3000)
            return null
          },
        })
      }
      expect(await slowFor(3).run(1, 1)).toBeNull()
      expect((await slowFor(100).run(1, 1))?.fault).toMatch('took 3000 ms or more, 6 times')
    } finally {
      vi.useRealTimers()
    }
  })

  test('takes what is thrown, at once or later, for a find', async () => {
    const throws = defineFuzzer({
      ...definition,
      check: () => {
        throw new Error('at once')
      },
    })
    const rejects = defineFuzzer({ ...definition, check: () => Promise.reject(new Error('later')) })
    expect((await throws.run(1, 1))?.fault).toMatch('at once')
    expect((await rejects.run(1, 1))?.fault).toMatch('later')
  })
})

describe('a report', () => {
  const find = { fuzzer: 'a', seed: 1, index: 2, fault: 'wrong', input: '00' }

  test('adds up what the threads did', () => {
    expect(
      addUp([
        { name: 'a', inputs: 1, ms: 2 },
        { name: 'b', inputs: 5, ms: 5 },
        { name: 'a', inputs: 3, ms: 4 },
      ]),
    ).toEqual([
      { name: 'a', inputs: 4, ms: 6 },
      { name: 'b', inputs: 5, ms: 5 },
    ])
  })

  test('ends with the cases: a fuzzer that found something has failed', () => {
    const tallies = [
      { name: 'a', inputs: 10, ms: 1 },
      { name: 'b', inputs: 20, ms: 1 },
    ]
    const report = describeRun(tallies, new Map([['a reason', 3]]), [find, { ...find, index: 5 }])
    expect(report).toMatch(/30 inputs, 2 finds\n1 passed, 1 failed, 0 skipped\n$/)
    expect(report).toMatch('3 times explained: a reason')
  })

  test('says how to see a find again', () => {
    expect(describeFind(find)).toMatch('npm run fuzz -- --only a --seed 1 --at 2')
  })
})

test('the short run has inputs for every fuzzer', () => {
  expect(Object.keys(shortRun)).toEqual(fuzzers.map(({ name }) => name))
  expect(Math.min(...Object.values(shortRun))).toBeGreaterThan(0)
})
