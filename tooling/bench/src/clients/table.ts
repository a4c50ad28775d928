/** The clients under measurement. The first is what ratios refer to. */
import type { OpenConnection } from './client.ts'

export interface ClientContestant {
  readonly name: string
  readonly load: () => Promise<OpenConnection>
}

export const clients: readonly ClientContestant[] = [
  { name: 'ws', load: async () => (await import('./ws.ts')).open },
  { name: 'hybi', load: async () => (await import('./hybi.ts')).open },
  { name: 'ws-again', load: async () => (await import('./ws.ts')).open },
]
