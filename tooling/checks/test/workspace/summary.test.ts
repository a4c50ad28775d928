import { describe, expect, test } from 'vitest'
import {
  countLine,
  describeRun,
  nameTask,
  type RunSummary,
  summarize,
  type TestReport,
} from '../../src/summary.ts'

const task = (taskId: string, exitCode: number | null, status: 'HIT' | 'MISS' = 'MISS') => ({
  taskId,
  cache: { status },
  ...(exitCode === null ? {} : { execution: { startTime: 1000, endTime: 3500, exitCode } }),
})
const run = (...tasks: RunSummary['tasks']): RunSummary => ({ tasks })
const report = (cases: Record<string, string>, message = ''): TestReport => ({
  testResults: [
    {
      name: 'a.test.ts',
      message,
      status: message === '' ? 'passed' : 'failed',
      assertionResults: Object.entries(cases).map(([fullName, status]) => ({ fullName, status })),
    },
  ],
})
const none = (): null => null

test.each([
  ['@hybi/frame#test', 'tests of @hybi/frame'],
  ['@hybi/frame#typecheck', 'types of @hybi/frame'],
  ['@hybi/frame#build', 'build @hybi/frame'],
  ['//#lint', 'format and lint'],
  ['@hybi/checks#published', 'packed tarballs'],
])('%s is called "%s"', (taskId, name) => {
  expect(nameTask(taskId)).toBe(name)
})

describe('summarize', () => {
  test('counts a command without test cases as one', () => {
    expect(countLine(summarize(run(task('//#lint', 0)), none))).toBe('1 passed, 0 failed, 0 skipped')
    expect(countLine(summarize(run(task('//#lint', 1)), none))).toBe('0 passed, 1 failed, 0 skipped')
  })

  test('counts the cases of a report by what became of them', () => {
    const cases = report({ one: 'passed', two: 'failed', three: 'skipped', four: 'todo', five: 'passed' })
    const [result] = summarize(run(task('@hybi/frame#test', 1)), () => cases)
    expect(result).toMatchObject({ passed: 2, failed: ['two'], skipped: ['three', 'four'], seconds: 2.5 })
  })

  test('a command that fails although each of its cases passed is one failure more', () => {
    const [result] = summarize(run(task('@hybi/frame#test', 1)), () => report({ one: 'passed' }))
    expect(result?.passed).toBe(1)
    expect(result?.failed).toEqual(['tests of @hybi/frame: coverage or an error outside the tests'])
  })

  test('a test file that could not be read is a failure with its message', () => {
    const [result] = summarize(run(task('@hybi/frame#test', 1)), () => report({}, 'no such module'))
    expect(result?.failed).toEqual(['a.test.ts: no such module'])
  })

  test('a task that was not run because another failed is skipped by name', () => {
    const [result] = summarize(run(task('@hybi/checks#published', null)), none)
    expect(result).toMatchObject({
      passed: 0,
      failed: [],
      skipped: ['packed tarballs (what it needs has failed)'],
    })
  })

  test('leaves out the tasks that only order the others', () => {
    expect(summarize(run(task('@hybi/frame#topo', 0), task('@hybi/frame#built', 0)), none)).toEqual([])
  })
})

test('the last line is the sum of all cases, and failures and skips stand above it by name', () => {
  const results = summarize(run(task('@hybi/frame#test', 1), task('//#lint', 0, 'HIT')), (taskId) =>
    taskId === '//#lint' ? null : report({ one: 'passed', two: 'failed', three: 'skipped' }),
  )
  expect(describeRun(results).split('\n')).toEqual([
    ' ok   format and lint       1 passed, 0 failed, 0 skipped  (cached)',
    'FAIL  tests of @hybi/frame  1 passed, 1 failed, 1 skipped  (2.5 s)',
    'skipped  tests of @hybi/frame: three',
    'FAILED   tests of @hybi/frame: two',
    '',
    '2 passed, 1 failed, 1 skipped',
    '',
  ])
})
