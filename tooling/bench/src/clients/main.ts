/** A process with one client in it: opens and closes its connections, and says what it saw and used. */
import { Tally } from '../load/tally.ts'
import { readPace } from '../pace.ts'
import type { ClientOptions, ClientRequest } from './client.ts'
import { startClients } from './client-load.ts'
import { clients } from './table.ts'

const [name, json] = process.argv.slice(2)
const contestant = clients.find((candidate) => candidate.name === name)
if (contestant === undefined || json === undefined) throw new Error(`no client is called ${name}`)

const { url, scenario }: ClientOptions = JSON.parse(json)
const open = await contestant.load()
const tally = new Tally()
let stop: (() => Promise<void>) | null = null
let failure: string | null = null

async function answer(request: ClientRequest): Promise<object> {
  switch (request.do) {
    case 'start':
      failure = null
      stop = await startClients(scenario, url, open, tally, ({ message }) => {
        failure ??= message
      })
      return {}
    case 'mark':
      return { ...tally.mark(), paceUs: readPace() }
    case 'stop':
      await stop?.()
      stop = null
      return {}
  }
}

process.on('message', (request: ClientRequest) => {
  answer(request).then(
    (result) => process.send?.(failure === null || request.do === 'stop' ? result : { error: failure }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
