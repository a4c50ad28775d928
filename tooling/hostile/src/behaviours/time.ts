/** Peers that take their time: every wait has an end, and drips do not extend it. */
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Arena } from '../arena.ts'
import { type Behaviour, behaviour } from '../behaviour.ts'
import { masked, Opcode } from '../peer/frames.ts'
import { RawPeer } from '../peer/raw-peer.ts'
import { requestHead } from '../peer/request.ts'

const BOTH = ['ws', 'wss'] as const
const SECTION = 'RFC 6455 10.4'

/** What is said about a transport that has ended, by the time it took. */
async function endedWithin(peer: RawPeer, limitMs: number): Promise<string> {
  const startedAt = performance.now()
  const ended = await peer.untilEnded(limitMs + 3000)
  if (!ended) return 'still open'
  const elapsedMs = performance.now() - startedAt
  const answer = peer.status === 0 || peer.status === 101 ? '' : `http ${peer.status}, `
  return elapsedMs <= limitMs + 1500
    ? `${answer}ended in time`
    : `${answer}ended after ${elapsedMs.toFixed(0)} ms`
}

/** Plain TCP to the endpoint, also where it speaks TLS. */
async function dialPlain(arena: Arena): Promise<RawPeer> {
  const socket = connect(arena.port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  return new RawPeer(socket)
}

const IN_TIME = ['ended in time', 'http 408, ended in time']

const drip = (peer: RawPeer, octets: string | Uint8Array, everyMs: number): NodeJS.Timeout => {
  let at = 0
  return setInterval(() => {
    if (at >= octets.length || peer.ended !== null) return
    void peer.send(octets.slice(at, at + 1))
    at++
  }, everyMs)
}

const row = (
  id: string,
  title: string,
  attack: Behaviour['attack'],
  more: Partial<Behaviour> = {},
): Behaviour =>
  behaviour({ id: `time.${id}`, title, section: SECTION, schemes: BOTH, accepts: IN_TIME, attack, ...more })

const behaviours: readonly Behaviour[] = [
  row('silent-tcp', 'TCP, and not a word', async (arena) =>
    endedWithin(await dialPlain(arena), arena.timeouts.handshakeMs),
  ),
  row('silent', 'a transport, and not a word on it', async (arena) =>
    endedWithin(await arena.dial(), arena.timeouts.handshakeMs),
  ),
  row(
    'half-client-hello',
    'half a ClientHello',
    async (arena) => {
      const peer = await dialPlain(arena)
      await peer.send(Buffer.from('1603010200010001fc0303', 'hex'))
      return endedWithin(peer, arena.timeouts.handshakeMs)
    },
    { schemes: ['wss'] },
  ),
  row(
    'drip-client-hello',
    'a ClientHello in drips',
    async (arena) => {
      const peer = await dialPlain(arena)
      const timer = drip(
        peer,
        Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(500)]),
        50,
      )
      const said = await endedWithin(peer, arena.timeouts.handshakeMs)
      clearInterval(timer)
      return said
    },
    { schemes: ['wss'] },
  ),
  row('half-head', 'half a head', async (arena) => {
    const peer = await arena.dial()
    await peer.send(requestHead().slice(0, 60))
    return endedWithin(peer, arena.timeouts.handshakeMs)
  }),
  row('drip-head', 'a head in drips that do not extend the deadline', async (arena) => {
    const peer = await arena.dial()
    const timer = drip(peer, requestHead({ lines: [`X: ${'a'.repeat(4000)}`] }), 20)
    const said = await endedWithin(peer, arena.timeouts.handshakeMs)
    clearInterval(timer)
    return said
  }),
  row('refused-and-open', 'a refused peer that keeps its side open', async (arena) => {
    const peer = await arena.dial()
    peer.socket.allowHalfOpen = true
    await peer.send(requestHead({ headers: { Host: null } }))
    const said = await endedWithin(peer, arena.timeouts.closeTotalMs)
    return said.replace('http 400, ', '')
  }),
  row(
    'close-unanswered',
    'a server that closes and gets no answer goes after its closing timeout',
    async (arena) => {
      const peer = await arena.open()
      await peer.send(masked({ opcode: Opcode.TEXT }, 'close me'))
      await peer.until(() => peer.closeCode !== null)
      return endedWithin(peer, arena.timeouts.closeMs)
    },
  ),
  row(
    'close-unanswered-dripping',
    'the same, with messages that do not extend it beyond the total',
    async (arena) => {
      const peer = await arena.open()
      await peer.send(masked({ opcode: Opcode.TEXT }, 'close me'))
      await peer.until(() => peer.closeCode !== null)
      const timer = setInterval(() => void peer.send(masked({ opcode: Opcode.TEXT }, 'still here')), 50)
      const said = await endedWithin(peer, arena.timeouts.closeTotalMs)
      clearInterval(timer)
      return said
    },
  ),
]

const HEARTBEAT_MS = 60_000

/** What only the defaults show. */
const atDefaultAlone: readonly Behaviour[] = [
  row(
    'silent-open-default',
    'an open connection that answers no Ping of the heartbeat (default times)',
    async (arena) => {
      const peer = await arena.open()
      return endedWithin(peer, HEARTBEAT_MS)
    },
    { full: true, schemes: ['ws'] },
  ),
]

/** What is done to TLS, beneath everything else. */
const ofTls: readonly Behaviour[] = [
  row(
    'tls-plain-http',
    'a plain request where TLS is spoken',
    async (arena) => {
      const peer = await dialPlain(arena)
      await peer.send(requestHead())
      return endedWithin(peer, arena.timeouts.handshakeMs)
    },
    { schemes: ['wss'], accepts: [...IN_TIME, 'http 400, ended in time'] },
  ),
  row(
    'tls-renegotiation',
    'renegotiation again and again, as fast as it is granted',
    async (arena) => {
      const socket = connectTls({
        port: arena.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
      })
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
      socket.setMaxListeners(0)
      const peer = new RawPeer(socket)
      await peer.send(requestHead())
      await peer.until(() => peer.status === 101)
      for (let times = 0; times < 20 && peer.ended === null; times++) {
        const done = new Promise<void>((resolve) => {
          socket.once('close', () => resolve())
          socket.renegotiate({ rejectUnauthorized: false }, () => resolve())
        })
        await done
      }
      await peer.send(masked({ opcode: Opcode.TEXT }, 'x'))
      await peer.until(() => peer.messages.length > 0, 2000)
      const outcome = peer.outcome()
      socket.destroy()
      return outcome
    },
    { schemes: ['wss'], accepts: ['reset', 'fin'] },
  ),
]

/** Each once more with the timeouts at their defaults. */
export const timeBehaviours: readonly Behaviour[] = [
  ...behaviours,
  ...ofTls,
  ...behaviours.map((short) => ({
    ...short,
    id: `${short.id}-default`,
    title: `${short.title} (default timeout)`,
    full: true,
  })),
  ...atDefaultAlone,
]
