/** Which case catches which mutant: computed by running them all, and written as a page that is read back and checked. */
import type { Case } from '../../src/cases/case.ts'
import { selectCases } from '../../src/catalogue.ts'
import type { CaseRecord, PeerRole } from '../../src/record.ts'
import { EchoEndpoint } from './echo-endpoint.ts'
import { allFlaws, type Flaw, ROWS_OF_THE_DRIVER, rowFlaws } from './flaws.ts'
import { runInMemory } from './memory-run.ts'

/** Cases that run in memory: TLS is not there, and categories 9, 12 and 13 are load. */
export const memoryCases = (role: PeerRole): readonly Case[] =>
  selectCases([], ['9.*', '12.*', '13.*', 'T.*'], role)

const GOOD = new Set(['OK', 'INFORMATIONAL'])
export const isGood = ({ behavior, behaviorClose }: CaseRecord): boolean =>
  GOOD.has(behavior) && GOOD.has(behaviorClose)

export const runAgainst = (one: Case, role: PeerRole, flaw: Flaw | null): Promise<CaseRecord> =>
  runInMemory(one, role, new EchoEndpoint(role, flaw))

export interface MatrixRow {
  readonly flaw: Flaw
  readonly role: PeerRole
  readonly says: string
  readonly caughtBy: readonly string[]
}

/** Dear ones, which only the flaws about limits need. */
const DEAR = new Set(['D.3.1', 'D.3.2', 'S.2.1'])
const ABOUT_LIMITS: ReadonlySet<Flaw> = new Set<Flaw>([
  'unlimitedInflation',
  'limitsFramesOnly',
  'messageTooBig',
  'tooManyFragments',
])

/** Runs every mutant against every case: minutes. */
export async function computeMatrix(): Promise<readonly MatrixRow[]> {
  const rows: MatrixRow[] = []
  for (const { flaw, role, says } of allFlaws) {
    const caughtBy: string[] = []
    for (const one of memoryCases(role)) {
      if (DEAR.has(one.id) && !ABOUT_LIMITS.has(flaw)) continue
      if (!isGood(await runAgainst(one, role, flaw))) caughtBy.push(one.id)
    }
    rows.push({ flaw, role, says, caughtBy })
  }
  return rows
}

/** Cases named in a row of the page. */
const NAMED = 5

const isOwn = (id: string): boolean => /^[A-Z]/.test(id)

/** A few of each suite: Autobahn's first, then the own ones, which name the rule. */
function nameSome(ids: readonly string[]): readonly string[] {
  const autobahn = ids.filter((id) => !isOwn(id)).slice(0, 2)
  return [...autobahn, ...ids.filter(isOwn).slice(0, NAMED - autobahn.length)]
}

export function formatPage(rows: readonly MatrixRow[]): string {
  const line = ({ flaw, role, says, caughtBy }: MatrixRow): string => {
    const named = nameSome(caughtBy)
    const more = caughtBy.length - named.length
    return `| \`${flaw}\` | ${role} | ${says} | ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} |`
  }
  const table = (some: readonly MatrixRow[]): string =>
    ['| mutant | role | what is wrong with it | caught by |', '|---|---|---|---|', ...some.map(line)].join(
      '\n',
    )
  return `# The judge is proved

Every mutant below is an echo endpoint that is right but for one thing. The conformance cases are run against each of them: a mutant
that no case catches would be a rule that nobody checks. The same endpoint without a flaw passes all of them. Written by
\`UPDATE_MATRIX=1 npx vitest run test/mutants\` in \`apps/conformance\`; the test there runs every case that is named here.

## Rows of the violations table

One mutant a row of \`violations\` in \`@hybi/session\`: the rule is left out. Two rows have no mutant, because no octets of a peer lead
to them: ${ROWS_OF_THE_DRIVER.map((name) => `\`${name}\``).join(' and ')} are for the driver and the application; their tests are in \`@hybi/node\`.

${table(rows.filter(({ flaw }) => rowFlaws.has(flaw)))}

## Other behaviour

${table(rows.filter(({ flaw }) => !rowFlaws.has(flaw)))}
`
}

/** The named cases of each row of the page, by flaw and role. */
export function readPage(page: string): ReadonlyMap<string, readonly string[]> {
  const rows = page.matchAll(/^\| `(\w+)` \| (server|client) \| .* \| ([^|]*?)(?: and \d+ more)? \|$/gm)
  return new Map(
    [...rows].map(([, flaw, role, named]) => [`${flaw} ${role}`, named === '' ? [] : named.split(', ')]),
  )
}
