/** A process with one server in it. Says its ports, then answers questions about what it has used. */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { readPace } from '../pace.ts'
import type { ServerRequest, Usage } from './server.ts'
import { contestants } from './table.ts'

const PROFILE_INTERVAL_US = 250

const [name, options] = process.argv.slice(2)
const contestant = contestants.find((candidate) => candidate.name === name)
if (contestant === undefined || options === undefined) throw new Error(`no server is called ${name}`)

const start = await contestant.load()
process.send?.(await start(JSON.parse(options)))

const inspector = new Session()

/** What is left is in use: V8 gives back what it keeps for more, where it can be told to (not on Node 20, where that changes nothing). */
function collectGarbage(): void {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

function usage(collect: boolean): Usage {
  if (collect) collectGarbage()
  const { user, system } = process.cpuUsage()
  return {
    cpuUs: user + system,
    systemUs: system,
    atMs: performance.now(),
    paceUs: readPace(),
    memory: process.memoryUsage(),
  }
}

async function answer(request: ServerRequest): Promise<object> {
  switch (request.do) {
    case 'usage':
      return usage(request.collect)
    case 'start-profile':
      inspector.connect()
      await inspector.post('Profiler.enable')
      await inspector.post('Profiler.setSamplingInterval', { interval: PROFILE_INTERVAL_US })
      await inspector.post('Profiler.start')
      return {}
    case 'write-profile': {
      const { profile } = await inspector.post('Profiler.stop')
      inspector.disconnect()
      writeFileSync(request.file, JSON.stringify(profile))
      return {}
    }
  }
}

process.on('message', (request: ServerRequest) => {
  answer(request).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
