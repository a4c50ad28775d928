/** Gathers what the page on peers is made of: the report, the reasons, and on what it was made. */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { AgentUnderTest } from './agents.ts'
import { type ExtraAgent, formatPeersPage, type Index, type Reasons } from './peers-page.ts'
import { expectedTables, root } from './run-agent.ts'

const readJson = async <T>(...path: readonly string[]): Promise<T> =>
  JSON.parse(await readFile(join(...path), 'utf8'))

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

/** @param out directory of the report */
export async function makePeersPage(out: string, agents: readonly AgentUnderTest[]): Promise<string> {
  const index = await readJson<Index>(out, 'index.json')
  const extra = await readJson<Readonly<Record<string, ExtraAgent>>>(out, 'extra.json')
  const tables = await readJson<Readonly<Record<string, Reasons>>>(expectedTables, 'reasons.json')
  const { dependencies } = await readJson<Manifest>(root, 'tooling/conformance/package.json')
  const versions = Object.entries(dependencies)
    .filter(([name, version]) => name !== 'commander' && /^\d/.test(version))
    .map(([name, version]) => `${name} ${version}`)
  const profiles = new Set(Object.values(extra).map(({ profile }) => profile))
  return formatPeersPage({
    index: pick(index, agents),
    extra,
    reasons: Object.fromEntries(
      agents.map(({ name, expected }) => [name, tables[expected.replace(/\.json$/, '')] ?? {}]),
    ),
    circumstances: [
      `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} shared cores.`,
      `Versions: ${versions.join(', ')}.`,
      `Profile of categories 12 and 13: ${[...profiles].join(', ')} (full: as many messages as Autobahn sends; quick: 50 a case).`,
    ],
  })
}

/** Agents in their order here, and no others that the directory may hold. */
const pick = (index: Index, agents: readonly AgentUnderTest[]): Index =>
  Object.fromEntries(agents.map(({ name }) => [name, index[name] ?? {}]))
