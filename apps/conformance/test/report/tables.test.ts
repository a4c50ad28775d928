import { describe, expect, it } from 'vitest'
import { checkBaseline, matchesPattern, parseBaseline } from '../../src/report/baseline.ts'
import { compareReports, formatDifferences } from '../../src/report/compare.ts'
import { toReportError } from '../../src/report/files.ts'
import { formatJunit } from '../../src/report/junit.ts'
import { type AgentRun, addRecord, type Report, type RunEnd } from '../../src/report/model.ts'
import { formatAnnotations, formatCases, formatSummary } from '../../src/report/summary.ts'
import { makeDefinition, makeHeader, makeOwnRecord, makeRecord } from './fixtures.ts'

type Overrides = Parameters<typeof makeRecord>[0]

function makeRun(agent: string, records: readonly Overrides[], end: Partial<RunEnd> | null = {}): AgentRun {
  const run: AgentRun = {
    header: makeHeader({ agent }),
    end: end === null ? null : { ending: 'completed', reason: '', ended: '', ...end },
    results: new Map(),
  }
  for (const record of records) {
    addRecord(run, record?.autobahn === false ? makeOwnRecord(record) : makeRecord(record), 1)
  }
  return run
}

const makeReport = (...runs: AgentRun[]): Report => new Map(runs.map((run) => [run.header.agent, run]))

describe('JUnit XML', () => {
  const report = makeReport(
    makeRun('a<b>', [
      {},
      { id: '1.1.3', behavior: 'FAILED', result: 'Said "no" & left\u0000.', resultClose: 'Fine.' },
      { id: '12.1.1', category: 'Compression', behavior: 'UNIMPLEMENTED', result: 'Not agreed.' },
      {
        autobahn: false,
        behavior: 'FAILED',
        severity: 'SHOULD',
        requirements: [{ holds: false, requirement: 'A.', observed: 'B.' }],
      },
    ]),
  )

  it('has a suite for each category and counts what fails', () => {
    const xml = formatJunit(report, false)
    expect(xml).toContain('<testsuites name="hybi-conformance" tests="4" failures="1" errors="0" skipped="1"')
    expect(xml).toContain('<testsuite name="a&#60;b&#62;: 1 Framing"')
    expect(xml).toContain('<skipped message="Not agreed."/>')
    expect(xml).toContain('FAILED: Said &#34;no&#34; &#38; left\ufffd.')
  })

  it('fails more when strict', () => {
    const xml = formatJunit(report, true)
    expect(xml).toContain('tests="4" failures="3" errors="0" skipped="0"')
    expect(xml).toContain('Required: A. Seen: B.')
  })
})

describe('the summary', () => {
  it('has a row for each agent, its findings and why', () => {
    const text = formatSummary(
      makeReport(
        makeRun('good', [{}]),
        makeRun('bad|agent', [
          { behavior: 'FAILED', behaviorClose: 'UNCLEAN', result: 'No echo.', resultClose: 'TCP dropped.' },
        ]),
        makeRun('gone', [{}], { ending: 'died', reason: 'It went away.' }),
        makeRun('quick', [{ reducedTo: { messages: 10, of: 1000 } }]),
      ),
      false,
    )
    expect(text).toContain('| ✅ | good | server | 1 / 1 | 0 / 0 | none |')
    expect(text).toContain('| ❌ | bad\\|agent | server | 0 / 1 | 0 / 0 | 1 FAILED |')
    expect(text).toContain('| FAILED, closing UNCLEAN | yes | No echo. TCP dropped. |')
    expect(text).toContain('| ⚠️ | gone |')
    expect(text).toContain('Not complete: It went away.')
    expect(text).toContain('Profile quick: 1 cases of categories 12 and 13')
  })

  it('ends its table somewhere', () => {
    const records = Array.from({ length: 130 }, (_, index) => ({
      id: `6.1.${index}`,
      behavior: 'FAILED' as const,
    }))
    expect(formatSummary(makeReport(makeRun('a', records)), false)).toContain('… and 30 more.')
  })

  it('counts one case as one', () => {
    expect([formatCases(1), formatCases(2)]).toEqual(['1 case', '2 cases'])
  })
})

describe('annotations for GitHub', () => {
  it('are errors whose words cannot be commands', () => {
    const run = makeRun('x,y:z\n::stop', [{ behavior: 'FAILED', result: '100%\r\nno' }])
    expect(formatAnnotations(makeReport(run), false)).toEqual([
      '::error title=x%2Cy%3Az%0A%3A%3Astop 1.1.2%3A FAILED::text message of 125 octets. 100%25%0D%0Ano',
    ])
  })

  it('are ten at most, and say how many there are', () => {
    const records = Array.from({ length: 12 }, (_, index) => ({
      id: `6.1.${index}`,
      behavior: 'FAILED' as const,
    }))
    const lines = formatAnnotations(
      makeReport(makeRun('a', records, { ending: 'died', reason: 'Gone.' })),
      false,
    )
    expect(lines).toHaveLength(12)
    expect(lines.at(-2)).toContain('12 cases failed')
    expect(lines.at(-1)).toBe('::error title=a::Gone.')
  })
})

describe('a baseline', () => {
  const definitions = ['1.1.1', '6.4.1', '6.4.2', '9.3.1'].map((id) => makeDefinition({ id }))
  const check = (value: unknown, records: readonly Overrides[], strict = false) =>
    checkBaseline(makeRun('ws', records), parseBaseline(value, 'ws', definitions), strict)

  it('accepts exactly what it lists', () => {
    const records = [
      { id: '1.1.1' },
      { id: '6.4.1', behavior: 'NON-STRICT' },
      { id: '9.3.1', behavior: 'FAILED', behaviorClose: 'UNCLEAN' },
    ] as const
    expect(check({ '6.4.*': 'NON-STRICT', '9.3.1': 'FAILED / UNCLEAN' }, records)).toEqual([])
    expect(check({ '6.4.*': 'NON-STRICT', '9.3.1': 'FAILED' }, records)).toEqual([])
  })

  it('finds a regression in what it does not list', () => {
    expect(check({}, [{ id: '9.3.1', behavior: 'FAILED' }])).toEqual([
      { id: '9.3.1', kind: 'regression', expected: 'not failing', found: 'FAILED' },
    ])
  })

  it('finds an unexpected pass', () => {
    expect(check({ '9.3.1': 'FAILED' }, [{ id: '9.3.1' }])).toEqual([
      { id: '9.3.1', kind: 'unexpected pass', expected: 'FAILED', found: 'OK' },
    ])
    expect(check({ '6.4.1': 'NON-STRICT' }, [{ id: '6.4.1' }])).toMatchObject([{ kind: 'unexpected pass' }])
  })

  it('finds another failure than the one it lists, and a regression of what may be lax', () => {
    expect(check({ '9.3.1': 'UNCLEAN' }, [{ id: '9.3.1', behaviorClose: 'WRONG CODE' }])).toMatchObject([
      { kind: 'changed' },
    ])
    expect(check({ '6.4.1': 'NON-STRICT' }, [{ id: '6.4.1', behavior: 'FAILED' }])).toMatchObject([
      { kind: 'regression' },
    ])
  })

  it('may be strict about what it does not list', () => {
    expect(check({}, [{ id: '6.4.1', behavior: 'NON-STRICT' }])).toEqual([])
    expect(check({}, [{ id: '6.4.1', behavior: 'NON-STRICT' }], true)).toHaveLength(1)
  })

  it('may be the index of a good run, of one agent or of several', () => {
    const entry = { behavior: 'OK', behaviorClose: 'OK', duration: 3 }
    expect(check({ other: { '1.1.1': entry } }, [{ id: '1.1.1' }])).toEqual([])
    expect(
      check({ ws: { '1.1.1': entry }, other: {} }, [{ id: '1.1.1', behaviorClose: 'INFORMATIONAL' }]),
    ).toHaveLength(1)
    expect(() => check({ a: { '1.1.1': entry }, b: { '1.1.1': entry } }, [])).toThrow('not "ws": a, b')
  })

  it.each([
    [[], 'not a JSON object'],
    [{ '99.*': 'OK' }, '"99.*" matches no case'],
    [{ '1.1.1': 'PERFECT' }, '"PERFECT" is no verdict; allowed are FAILED'],
    [{ '1.1.1': 'OK / OK / OK' }, 'more than two verdicts'],
    [{ '1.1.1': 7 }, '7 is no verdict'],
  ])('refuses %j', (value, message) => {
    expect(() => check(value, [])).toThrow(message)
  })

  it('reads patterns as Autobahn does', () => {
    expect(matchesPattern('1.*', '1.1.1')).toBe(true)
    expect(matchesPattern('1.*', '10.1.1')).toBe(false)
    expect(matchesPattern('*', 'H.1')).toBe(true)
  })
})

describe('comparing two reports', () => {
  it('tells worse from better, and what only one of them has', () => {
    const before = makeReport(
      makeRun('a', [{ id: '1.1.1' }, { id: '1.1.2', behavior: 'FAILED' }, { id: '1.1.3' }]),
    )
    const after = makeReport(
      makeRun('b', [{ id: '1.1.1', behaviorClose: 'UNCLEAN' }, { id: '1.1.2' }, { id: '1.1.4' }]),
    )
    const differences = compareReports(before, after)
    expect(differences.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      '1.1.1 regression',
      '1.1.2 improvement',
      '1.1.3 missing',
      '1.1.4 added',
    ])
    expect(formatDifferences(differences)).toEqual({
      text: 'regression: a → b 1.1.1: OK → OK, closing UNCLEAN\nimprovement: a → b 1.1.2: FAILED → OK\n1 regression, 1 improvement, 1 added, 1 missing\n',
      regressions: 1,
    })
  })

  it('pairs agents by name where there are several', () => {
    const before = makeReport(makeRun('a', [{}]), makeRun('b', [{}]))
    const after = makeReport(makeRun('b', [{ behavior: 'FAILED' }]), makeRun('c', [{}]))
    expect(compareReports(before, after).map(({ agent, kind }) => `${agent} ${kind}`)).toEqual([
      'a missing',
      'b regression',
      'c added',
    ])
  })
})

describe('failures of the file system', () => {
  it.each([
    ['ENOSPC', 'no space left on the device'],
    ['EROFS', 'the file system is read-only'],
  ])('%s is told as "%s"', (code, reason) => {
    const error = toReportError(Object.assign(new Error('x'), { code }), 'out')
    expect(error.message).toBe(`cannot write the report in out: ${reason}`)
  })

  it('others keep their own words', () => {
    expect(toReportError(new Error('odd'), 'out').message).toBe('cannot write the report in out: odd')
    expect(toReportError('odder', 'out').message).toBe('cannot write the report in out: odder')
  })
})
