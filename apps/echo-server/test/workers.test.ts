/** Several processes behind one pair of ports. */
import { Opcode } from '@hybi/frame'
import { expect, it, onTestFinished } from 'vitest'
import { EchoProcess, RawPeer } from './support.ts'

interface Event {
  readonly event: string
  readonly pid?: number
}

const events = (echo: EchoProcess): Event[] =>
  echo.stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Event => JSON.parse(line))

/** The processes that said they listen, in that order. */
const pids = (echo: EchoProcess): number[] =>
  events(echo).flatMap(({ event, pid = 0 }) => (event === 'worker listens' ? [pid] : []))

async function start(
  workers: number,
  { drainTimeout = 3_600_000, detached = false } = {},
): Promise<EchoProcess> {
  const echo = await EchoProcess.listening(
    ['--workers', String(workers), '--log-format', 'json', '--drain-timeout', String(drainTimeout)],
    { detached },
  )
  await echo.until(() => pids(echo).length === workers)
  onTestFinished(async () => {
    echo.kill('SIGKILL')
    await echo.exited
  })
  return echo
}

it('starts as many as it is told', async () => {
  const echo = await start(3)
  expect(new Set(pids(echo)).size).toBe(3)
  expect(pids(echo)).not.toContain(echo.pid)
})

it('a worker that dies takes only its own connections along, and is replaced on the same ports', async () => {
  const echo = await start(2)
  // node:cluster gives connections to workers in turn.
  const peers = await Promise.all([RawPeer.open(echo.url('wss')), RawPeer.open(echo.url('wss'))])
  const [first = 0] = pids(echo)
  process.kill(first, 'SIGKILL')
  await echo.until(() => pids(echo).length === 3)
  const survivors = await Promise.all(
    peers.map(async (peer) => {
      peer.send(Opcode.TEXT, 'still there?')
      return (await peer.frame())?.payload.toString() === 'still there?'
    }),
  )
  expect(survivors.filter(Boolean)).toHaveLength(1)
  const others = await Promise.all([RawPeer.open(echo.url('ws')), RawPeer.open(echo.url('wss'))])
  for (const other of others) expect(await other.close()).toBe(1000)
  expect(events(echo)).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'worker ended', pid: first, how: 'SIGKILL' }),
  )
})

it('Ctrl-C in a terminal, which signals the whole group, is one signal and drains', async () => {
  const echo = await start(2, { detached: true })
  const peers = await Promise.all([RawPeer.open(echo.url('ws')), RawPeer.open(echo.url('ws'))])
  process.kill(-echo.pid, 'SIGINT')
  for (const peer of peers) {
    const close = await peer.frame()
    expect(close?.payload.readUInt16BE(0)).toBe(1001)
  }
  for (const peer of peers) {
    peer.send(Opcode.CLOSE, Uint8Array.of(0x03, 0xe9))
    await peer.ended
    peer.socket.end()
  }
  expect(await echo.exited).toEqual({ code: 0, signal: null })
  expect(events(echo).filter(({ event }) => event === 'worker ended')).toEqual([])
})

it('a signal ends the replacement of a worker too, which does not listen yet', async () => {
  const echo = await start(2)
  const [first = 0] = pids(echo)
  process.kill(first, 'SIGKILL')
  await echo.until(() => events(echo).some(({ event }) => event === 'worker ended'))
  echo.kill('SIGTERM')
  expect(await echo.exited).toEqual({ code: 0, signal: null })
  expect(pids(echo)).toHaveLength(2)
})

it('a worker that is stuck is killed after the drain timeout', async () => {
  const echo = await start(2, { drainTimeout: 100 })
  const [stuck = 0] = pids(echo)
  process.kill(stuck, 'SIGSTOP')
  let gone = false
  onTestFinished(() => void (gone || process.kill(stuck, 'SIGKILL')))
  echo.kill('SIGTERM')
  expect(await echo.exited).toEqual({ code: 0, signal: null })
  gone = true
  expect(events(echo)).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'worker stuck', pid: stuck }),
  )
})

it('a second signal ends the workers too', async () => {
  const echo = await start(2)
  const peer = await RawPeer.open(echo.url('ws'))
  echo.kill('SIGINT')
  await peer.frame()
  echo.kill('SIGINT')
  expect((await echo.exited).code).toBe(130)
})

it('workers do not outlive a primary that was killed', async () => {
  const echo = await start(2)
  echo.kill('SIGKILL')
  expect(await echo.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

it('serves on, or says that its free port is lost, when all workers die at once', async () => {
  const echo = await start(2)
  for (const pid of pids(echo)) process.kill(pid, 'SIGKILL')
  // A replacement that is quicker than the end of the last worker takes over its port.
  const servesOn = echo
    .until(() => pids(echo).length === 4)
    .then(
      () => true,
      () => false,
    )
  if (await servesOn) expect(await (await RawPeer.open(echo.url('ws'))).close()).toBe(1000)
  else {
    expect(await echo.exited).toEqual({ code: 1, signal: null })
    expect(echo.stderr).toContain('hybi-echo: all workers ended, and their port is lost\n')
  }
})
