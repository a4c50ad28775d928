/** A process with one client in it: `client-main NAME AGENT`, the URL in the environment as the runner gives it. */
import { type ClientUnderTest, driveClient } from './drive-client.ts'

const clients: Readonly<Record<string, () => Promise<{ client: ClientUnderTest }>>> = {
  hybi: () => import('./peers/hybi-client.ts'),
  ws: () => import('./peers/ws-client.ts'),
  undici: () => import('./peers/undici-client.ts'),
}

const [name = '', agent = '', scheme = 'ws'] = process.argv.slice(2)
const { HYBI_CONFORMANCE_URL, HYBI_CONFORMANCE_TLS_URL } = process.env
const url = scheme === 'wss' ? HYBI_CONFORMANCE_TLS_URL : HYBI_CONFORMANCE_URL
const load = clients[name]
if (load === undefined || url === undefined)
  throw new Error(`no client is called ${name}, or there is no URL for it`)
const { client } = await load()
await driveClient(client, url, agent)
process.exit(0)
