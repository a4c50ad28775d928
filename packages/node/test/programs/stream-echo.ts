/**
 * Echoes one long message through the streaming API, server and client in a process each, checks every octet, and says how
 * much the memory of both has grown.
 *
 *     pnpm stream-echo [MIB] [ws|wss]        1024 ws
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { connect, listen } from '../../src/index.ts'

const MIB = 1024 * 1024
const PART = 64 * 1024
const noLimit = { maxMessageSize: Number.POSITIVE_INFINITY, maxFragments: Number.POSITIVE_INFINITY }

/** Highest resident memory above the first sample. */
class Growth {
  readonly #first = process.memoryUsage.rss()
  #most = this.#first
  readonly #timer = setInterval(() => this.sample(), 20)

  sample(): number {
    this.#most = Math.max(this.#most, process.memoryUsage.rss())
    return this.#most - this.#first
  }

  stop(): number {
    clearInterval(this.#timer)
    return this.sample()
  }
}

/** The octets of one part: different in every part, and at every place that a mistake of sizes would move. */
function fill(part: Uint8Array, index: number): Uint8Array {
  for (let i = 0; i < part.length; i += 512) part[i] = (index + i / 512) & 0xff
  return part
}

async function serve(scheme: string): Promise<void> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
  })
  const server = await listen(
    { port: 0, host: '127.0.0.1', limits: noLimit, ...(scheme === 'wss' ? { tls: { cert, key } } : {}) },
    {
      open: (connection) => connection.send('ready'),
      stream: (connection, message) => connection.sendStream(message),
    },
  )
  let growth: Growth | null = null
  process.on('message', (order) => {
    if (order === 'begin') growth = new Growth()
    else
      process.send?.({ growth: growth?.stop() }, () => void server.close().then(() => process.disconnect()))
  })
  process.send?.({ url: server.url })
}

async function echo(
  server: ChildProcess,
  mib: number,
): Promise<{ server: number; client: number; seconds: number }> {
  const [{ url }] = await once(server, 'message')
  const connection = await connect(url, { limits: noLimit, tls: { rejectUnauthorized: false } })
  if ((await connection.receive())?.text !== 'ready') throw new Error('the server is not ready')
  // One round to warm up, so that what is measured is not the runtime's own growth.
  await round(connection, Math.min(16, mib))
  server.send('begin')
  const growth = new Growth()
  const started = performance.now()
  await round(connection, mib)
  const seconds = (performance.now() - started) / 1000
  server.send('end')
  const [{ growth: serverGrowth }] = await once(server, 'message')
  await connection.closed
  return { server: serverGrowth, client: growth.stop(), seconds }
}

async function round(connection: Awaited<ReturnType<typeof connect>>, mib: number): Promise<void> {
  const parts = (mib * MIB) / PART
  const source = function* (): Iterable<Uint8Array> {
    // A part may only be changed when it has left: new memory for each.
    for (let i = 0; i < parts; i++) yield fill(new Uint8Array(PART), i)
  }
  const sending = connection.sendStream(source())
  const expected = new Uint8Array(PART)
  let size = 0
  const streams = connection.streams()
  const { value: message } = await streams.next()
  if (message === undefined) throw new Error('the connection ended')
  for await (const bytes of message) {
    for (let at = 0; at < bytes.length; ) {
      const offset = size % PART
      const length = Math.min(bytes.length - at, PART - offset)
      if (offset === 0) fill(expected, size / PART)
      if (Buffer.compare(bytes.subarray(at, at + length), expected.subarray(offset, offset + length)) !== 0) {
        throw new Error(`wrong octets from ${size} on`)
      }
      at += length
      size += length
    }
  }
  await sending
  await streams.return?.()
  if (size !== mib * MIB) throw new Error(`${size} octets came back of ${mib * MIB}`)
}

const [first = '1024', scheme = 'ws'] = process.argv.slice(2)
if (first === 'serve') {
  await serve(scheme)
} else {
  const server = fork(fileURLToPath(import.meta.url), ['serve', scheme])
  const grown = await echo(server, Number(first))
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
  console.log(
    `${first} MiB echoed over ${scheme} in ${grown.seconds.toFixed(1)} s; memory grew by ${mib(grown.server)} (server) and ${mib(grown.client)} (client)`,
  )
}
