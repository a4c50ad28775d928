/** A process with one server in it. Says its ports, then answers questions about what it has used. */
import { contestants } from './table.ts'

// The loader of TypeScript turns source maps on. Reading those of our packages, the only ones to bring any, leaves V8 a heap with
// which 64 KiB messages cost half as much again: Mark-Compact for every 32 MiB of them (`--trace-gc`). No server runs like that.
process.setSourceMapsEnabled(false)

const [name, options] = process.argv.slice(2)
const contestant = contestants.find((candidate) => candidate.name === name)
if (contestant === undefined || options === undefined) throw new Error(`no server is called ${name}`)

const start = await contestant.load()
process.send?.(await start(JSON.parse(options)))

process.on('message', (question: { collect: boolean }) => {
  if (question.collect) for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuUs: user + system, memory: process.memoryUsage() })
})
process.on('disconnect', () => process.exit(0))
