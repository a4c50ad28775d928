/** The servers under measurement, in the order of the report. Ratios refer to `ws`; `ws-again` is the same a second time. */
import { resolve } from 'node:path'
import type { ScenarioNeeds } from '../needs.ts'
import type { StartServer } from './server.ts'

export interface Contestant {
  readonly name: string
  readonly load: () => Promise<StartServer>
  readonly echoesOctets: boolean
  readonly can: ScenarioNeeds
  /** True: measured only when it is named. */
  readonly optional?: true
  /** The checkout whose packages and server it runs; by default this one. */
  readonly checkout?: string
}

const everything: ScenarioNeeds = {
  deflate: true,
  strings: true,
  attached: true,
  broadcast: true,
  tls: true,
}

export const contestants: readonly Contestant[] = [
  {
    name: 'ws',
    load: async () => (await import('./ws.ts')).startServer,
    echoesOctets: false,
    can: everything,
  },
  {
    name: 'hybi',
    load: async () => (await import('./hybi.ts')).startServer,
    echoesOctets: false,
    can: everything,
  },
  {
    name: 'ws-again',
    load: async () => (await import('./ws.ts')).startServer,
    echoesOctets: false,
    can: everything,
  },
  {
    name: 'ws-tuned',
    load: async () => (await import('./ws.ts')).startTunedServer,
    echoesOctets: false,
    can: everything,
  },
  {
    name: 'websocket',
    load: async () => (await import('./websocket.ts')).startServer,
    echoesOctets: false,
    can: { ...everything, deflate: false, strings: false },
  },
  {
    name: 'faye-websocket',
    load: async () => (await import('./faye.ts')).startServer,
    echoesOctets: false,
    can: { ...everything, deflate: false, strings: false },
  },
  {
    name: 'uws',
    load: async () => (await import('./uws.ts')).startServer,
    echoesOctets: false,
    can: { ...everything, attached: false },
  },
  {
    name: 'raw',
    load: async () => (await import('./raw.ts')).startServer,
    echoesOctets: true,
    can: { ...everything, deflate: false, strings: false, broadcast: false },
  },
  {
    name: 'lean',
    load: async () => (await import('./lean.ts')).startServer,
    echoesOctets: false,
    can: { ...everything, deflate: false, strings: false },
  },
  {
    name: 'hybi-streams',
    load: async () => (await import('./hybi.ts')).startStreamServer,
    echoesOctets: false,
    can: { ...everything, attached: false },
    optional: true,
  },
  {
    name: 'hybi-attached',
    load: async () => (await import('./hybi.ts')).startAttachedServer,
    echoesOctets: false,
    can: { ...everything, attached: false, tls: false },
    optional: true,
  },
]

/** The one with a name: `ws`, or as it is in another checkout whose packages are built, `hybi@../before`. */
export function contestantOf(name: string): Contestant | undefined {
  const [server, checkout] = splitName(name)
  const contestant = contestants.find((candidate) => candidate.name === server)
  if (contestant === undefined || checkout === undefined) return contestant
  return { ...contestant, name, checkout: resolve(checkout) }
}

/** The name that a contestant has in the checkout it is started from, and that checkout if it is another. */
export function splitName(name: string): readonly [server: string, checkout?: string] {
  const at = name.indexOf('@')
  return at === -1 ? [name] : [name.slice(0, at), name.slice(at + 1)]
}
