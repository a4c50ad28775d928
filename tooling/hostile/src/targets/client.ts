/** The client under attack, in a process of its own: connects where it is told, echoes, and says how it went. */
import { ConnectRefusedError, connect } from '@hybi/node'

const { timeouts } = JSON.parse(process.argv[2] ?? '{}')
const settings = timeouts === null ? {} : { timeouts }

async function run(url: string): Promise<string> {
  try {
    const connection = await connect(
      url,
      { ...settings, tls: { rejectUnauthorized: false }, permessageDeflate: true, subprotocols: ['chat'] },
      { message: (own, message) => void own.send(message) },
    )
    const { code, cause } = await connection.closed
    return `closed ${code} ${cause}`
  } catch (error) {
    if (error instanceof ConnectRefusedError) return `refused ${error.status}`
    return error instanceof Error ? `failed ${error.name}` : 'threw no Error'
  }
}

process.on('message', ({ url }: { url?: string }) => {
  if (url === undefined) process.send?.({ handles: process.getActiveResourcesInfo() })
  else void run(url).then((told) => process.send?.({ told }))
})
process.on('disconnect', () => process.exit(0))
process.send?.({})
