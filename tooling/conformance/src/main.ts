/** `npm run conformance`: the whole suite against the project's own server and client, and their peers if wanted. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { own, peers } from './agents.ts'
import { type Count, sum } from './count.ts'
import { makePeersPage } from './make-page.ts'
import { root, runAgent } from './run-agent.ts'

interface Flags {
  readonly profile: 'quick' | 'full'
  readonly cases: string | undefined
  readonly out: string
  readonly peers: boolean
  readonly only: string | undefined
  readonly page: string | undefined
}

async function run({ profile, cases, out, peers: withPeers, only, page }: Flags): Promise<void> {
  const agents = [...own, ...(withPeers ? peers : [])].filter(
    ({ name }) => only === undefined || name.includes(only),
  )
  const counts: Count[] = []
  for (const agent of agents) {
    const startedAt = performance.now()
    counts.push(await runAgent(agent, { profile, out, cases }))
    process.stdout.write(`${agent.name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n\n`)
  }
  if (page !== undefined) await writeFile(page, await makePeersPage(out, agents))
  const { passed, failed, skipped } = sum(counts)
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  if (failed > 0 || passed === 0) process.exitCode = 1
}

await new Command('conformance')
  .description('the conformance suite against our echo server and our client, over ws and wss')
  .addOption(
    new Option('--profile <profile>', 'quick sends fewer messages in 12 and 13')
      .choices(['full', 'quick'])
      .default('full'),
  )
  .option('--cases <patterns>', 'only these')
  .option('--peers', 'ws, faye-websocket, websocket and undici beside ours', false)
  .option('--only <name>', 'agents whose name holds this')
  .option('--page <file>', 'the outcome as a page in Markdown')
  .option('--out <dir>', 'where the report goes', join(root, 'reports/conformance'))
  .action(run)
  .parseAsync()
