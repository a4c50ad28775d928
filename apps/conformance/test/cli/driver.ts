/** `driver.ts AGENT [CASES] [silent]`: a client of `ws` that speaks Autobahn's driver protocol, as its own process or called. */
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

const connect = (url: string, use?: (socket: WebSocket) => void): Promise<void> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url)
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    use?.(socket)
  })

/** Runs the first `cases` cases one after the other, then asks for the report. */
export async function driveClient(
  url: string,
  agent: string,
  cases = Number.POSITIVE_INFINITY,
  asksForReport = true,
): Promise<void> {
  let count = 0
  await connect(`${url}/getCaseCount`, (socket) =>
    socket.on('message', (data) => {
      count = Number(data.toString())
    }),
  )
  const name = encodeURIComponent(agent)
  for (let number = 1; number <= Math.min(count, cases); number++) {
    await connect(`${url}/runCase?case=${number}&agent=${name}`, (socket) =>
      socket.on('message', (data, binary) => socket.send(data, { binary })),
    )
  }
  if (asksForReport) await connect(`${url}/updateReports?agent=${name}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [agent = 'client', cases, silent] = process.argv.slice(2)
  const url = process.env.HYBI_CONFORMANCE_URL ?? ''
  await driveClient(url, agent, cases === undefined ? undefined : Number(cases), silent === undefined)
}
