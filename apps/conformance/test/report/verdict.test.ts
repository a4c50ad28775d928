import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareIds, sortedResults } from '../../src/report/model.ts'
import {
  compareVerdicts,
  formatVerdict,
  isFailing,
  verdicts,
  worstVerdict,
} from '../../src/report/verdict.ts'

const autobahn = { autobahn: true, severity: 'MUST' } as const
const own = { autobahn: false, behaviorClose: 'OK' } as const

describe('what fails a run', () => {
  it.each(['FAILED'] as const)('behavior %s fails', (behavior) => {
    expect(isFailing({ ...autobahn, behavior, behaviorClose: 'OK' }, false)).toBe(true)
  })

  it.each(['FAILED', 'WRONG CODE', 'UNCLEAN', 'FAILED BY CLIENT'] as const)(
    'closing %s fails',
    (behaviorClose) => {
      expect(isFailing({ ...autobahn, behavior: 'OK', behaviorClose }, false)).toBe(true)
    },
  )

  it.each(['NON-STRICT', 'UNIMPLEMENTED'] as const)('behavior %s fails only strictly', (behavior) => {
    expect(isFailing({ ...autobahn, behavior, behaviorClose: 'OK' }, false)).toBe(false)
    expect(isFailing({ ...autobahn, behavior, behaviorClose: 'OK' }, true)).toBe(true)
  })

  it('INFORMATIONAL never fails', () => {
    const judged = { ...autobahn, behavior: 'INFORMATIONAL', behaviorClose: 'INFORMATIONAL' } as const
    expect(isFailing(judged, true)).toBe(false)
  })

  it('an own MUST fails, a SHOULD only strictly, QUALITY never', () => {
    const failed = { ...own, behavior: 'FAILED' } as const
    expect(isFailing({ ...failed, severity: 'MUST' }, false)).toBe(true)
    expect(isFailing({ ...failed, severity: 'SHOULD' }, false)).toBe(false)
    expect(isFailing({ ...failed, severity: 'SHOULD' }, true)).toBe(true)
    expect(isFailing({ ...failed, severity: 'QUALITY' }, true)).toBe(false)
  })

  it('an own case that does not apply never fails', () => {
    expect(isFailing({ ...own, behavior: 'UNIMPLEMENTED', severity: 'MUST' }, true)).toBe(false)
  })
})

describe('two verdicts', () => {
  it('are as bad as the worse of them', () => {
    expect(worstVerdict({ behavior: 'OK', behaviorClose: 'UNCLEAN' })).toBe('UNCLEAN')
    expect(worstVerdict({ behavior: 'FAILED', behaviorClose: 'WRONG CODE' })).toBe('FAILED')
    expect(verdicts.at(-1)).toBe('OK')
  })

  it('are compared by the worse one first', () => {
    const [failed, unclean] = [
      { behavior: 'FAILED', behaviorClose: 'OK' },
      { behavior: 'OK', behaviorClose: 'UNCLEAN' },
    ] as const
    expect(compareVerdicts(failed, unclean)).toBeLessThan(0)
    expect(compareVerdicts(unclean, failed)).toBeGreaterThan(0)
    expect(compareVerdicts(unclean, unclean)).toBe(0)
    expect(compareVerdicts({ behavior: 'FAILED', behaviorClose: 'FAILED' }, failed)).toBeLessThan(0)
  })

  it('are named, the second only where it says something', () => {
    expect(formatVerdict({ behavior: 'OK', behaviorClose: 'OK' })).toBe('OK')
    expect(formatVerdict({ behavior: 'OK', behaviorClose: 'UNCLEAN' })).toBe('OK, closing UNCLEAN')
    expect(formatVerdict({ behavior: 'FAILED', behaviorClose: 'FAILED' })).toBe('FAILED')
  })
})

describe('the order of case ids', () => {
  it('is by number, then letters', () => {
    const ids = ['H.1.1', '10.1.1', '2.10', '2.2', '1.1.1', '2.1', 'C.2', '9.8.6']
    expect(ids.sort(compareIds)).toEqual(['1.1.1', '2.1', '2.2', '2.10', '9.8.6', '10.1.1', 'C.2', 'H.1.1'])
  })

  it('is a total order', () => {
    const id = fc
      .array(fc.oneof(fc.nat({ max: 20 }).map(String), fc.constantFrom('A', 'H', 'K')), {
        minLength: 1,
        maxLength: 3,
      })
      .map((parts) => parts.join('.'))
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(Math.sign(compareIds(a, b))).toBe(-Math.sign(compareIds(b, a)) + 0)
        expect(compareIds(a, b) === 0).toBe(a === b)
        if (compareIds(a, b) <= 0 && compareIds(b, c) <= 0) expect(compareIds(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('is that of the results of a run', () => {
    expect(sortedResults({ header: {} as never, end: null, results: new Map() })).toEqual([])
  })
})
