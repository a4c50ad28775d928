import { expect, it } from 'vitest'
import { formatPeersPage, type PageSource } from '../src/peers-page.ts'

const own = (behavior: string, severity: string, title: string) => ({
  behavior,
  severity,
  title,
  rule: 'RFC 6455 5.1',
  requirements: [{ holds: behavior === 'OK', observed: 'it stays up.' }],
})

const source: PageSource = {
  index: {
    a: {
      '1.1.1': { behavior: 'OK', behaviorClose: 'OK' },
      '7.1.6': { behavior: 'INFORMATIONAL', behaviorClose: 'INFORMATIONAL' },
      '9.3.1': { behavior: 'FAILED', behaviorClose: 'FAILED' },
      '9.3.2': { behavior: 'FAILED', behaviorClose: 'FAILED' },
      '12.1.1': { behavior: 'OK', behaviorClose: 'UNCLEAN' },
    },
    b: { '1.1.1': { behavior: 'OK', behaviorClose: 'OK' } },
  },
  extra: {
    a: {
      role: 'server',
      profile: 'quick',
      cases: {
        'M.1.1': own('FAILED', 'MUST', 'unmasked text'),
        'M.1.2': own('FAILED', 'MUST', 'unmasked | ping'),
        'M.1.3': own('OK', 'MUST', 'x'),
        'T.1.1': own('UNIMPLEMENTED', 'MUST', 'x'),
        'K.1.1': own('FAILED', 'QUALITY', 'no Close'),
      },
    },
    b: { role: 'client', profile: 'quick', cases: {} },
  },
  reasons: { a: { '9.3.*': 'too many fragments', '12.1.1': 'drops TCP' } },
  circumstances: ['Today.'],
}

it('counts the verdicts of each agent, and gives the reason of each that is not OK', () => {
  const page = formatPeersPage(source)
  expect(page).toContain('- Today.\n')
  expect(page).toContain('| a | server | 1 | 0 | 1 | 0 | 3 |\n')
  expect(page).toContain('| a | 1 | 2 | 0 | 1 | 1 |\n')
  expect(page).toContain('| 9.3.1, 9.3.2 | FAILED |  | too many fragments |\n')
  expect(page).toContain('| 12.1.1 | OK, closing UNCLEAN |  | drops TCP |\n')
  expect(page).toContain(
    '| M.1.1, M.1.2 | FAILED, MUST | RFC 6455 5.1 | unmasked text: it stays up; unmasked \\| ping: it stays up |\n',
  )
  expect(page).toContain('### b\n\nNothing: all is OK.\n')
})

it("takes none of Autobahn's verdicts without a reason", () => {
  expect(() => formatPeersPage({ ...source, reasons: {} })).toThrow('nothing says why a is not OK in 9.3.1')
})

it('names a long list of cases by its categories', () => {
  const ids = Array.from({ length: 13 }, (_, index) => `6.1.${index + 1}`)
  const failed = { behavior: 'FAILED', behaviorClose: 'FAILED' }
  const page = formatPeersPage({
    ...source,
    index: { a: Object.fromEntries(ids.map((id) => [id, failed])) },
    reasons: { a: { '6.*': 'not checked' } },
  })
  expect(page).toContain('| 13 of 6.* | FAILED |  | not checked |\n')
})
