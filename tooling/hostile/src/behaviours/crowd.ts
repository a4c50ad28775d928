/** Many connections at once, opened and abandoned in every phase: nothing is left of them after the deadlines. */
import { connect } from 'node:net'
import type { Arena } from '../arena.ts'
import { type Behaviour, behaviour } from '../behaviour.ts'
import { closeBody, masked, Opcode } from '../peer/frames.ts'
import { RawPeer } from '../peer/raw-peer.ts'
import { requestHead } from '../peer/request.ts'

const MIB = 1024 * 1024
const COUNT = 500

async function dialPlain(arena: Arena): Promise<RawPeer> {
  const socket = connect(arena.port, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return new RawPeer(socket)
}

const aliveAfter = async (arena: Arena): Promise<string> => {
  const peer = await arena.open()
  await peer.send(masked({ opcode: Opcode.TEXT }, 'x'))
  return (await peer.until(() => peer.messages.length > 0)) ? 'a new connection echoes' : 'no echo'
}

/** `begin` brings each connection into its phase; `leave` is how it is abandoned there. */
const crowd = (
  id: string,
  title: string,
  begin: (arena: Arena) => Promise<RawPeer>,
  leave: 'reset' | 'fin' | 'nothing',
  schemes: Behaviour['schemes'] = ['ws', 'wss'],
): Behaviour =>
  behaviour({
    id: `crowd.${id}-${leave}`,
    title: `${COUNT} connections ${title}, then ${{ reset: 'RST', fin: 'FIN', nothing: 'silence' }[leave]}`,
    section: 'RFC 6455 10.4',
    schemes,
    accepts: ['a new connection echoes'],
    maxGrowth: 128 * MIB,
    maxBystanderMs: 2000,
    attack: async (arena) => {
      const peers: RawPeer[] = []
      for (let group = 0; group < COUNT; group += 50) {
        peers.push(...(await Promise.all(Array.from({ length: 50 }, () => begin(arena)))))
      }
      for (const { socket } of peers) {
        if (leave === 'reset') socket.resetAndDestroy()
        else if (leave === 'fin') socket.end()
      }
      return aliveAfter(arena)
    },
  })

const inHead = async (arena: Arena): Promise<RawPeer> => {
  const peer = await arena.dial()
  await peer.send(requestHead().slice(0, 40))
  return peer
}

const inMessage = async (arena: Arena): Promise<RawPeer> => {
  const peer = await arena.open()
  await peer.send(masked({ opcode: Opcode.BINARY }, Buffer.alloc(2000)).subarray(0, 1000))
  return peer
}

const inClosing = async (arena: Arena): Promise<RawPeer> => {
  const peer = await arena.open()
  await peer.send(masked({ opcode: Opcode.CLOSE }, closeBody(1000)))
  return peer
}

const closedByServer = async (arena: Arena): Promise<RawPeer> => {
  const peer = await arena.open()
  await peer.send(masked({ opcode: Opcode.TEXT }, 'close me'))
  return peer
}

const LEAVES = ['reset', 'fin', 'nothing'] as const

export const crowdBehaviours: readonly Behaviour[] = LEAVES.flatMap((leave) => {
  // A reset needs the TCP socket itself, which TLS hides.
  const schemes: Behaviour['schemes'] = leave === 'reset' ? ['ws'] : ['ws', 'wss']
  return [
    crowd('tcp', 'that only connect', dialPlain, leave),
    crowd('head', 'in the middle of a head', inHead, leave, schemes),
    crowd('open', 'opened', (arena) => arena.open(), leave, schemes),
    crowd('message', 'in the middle of a message', inMessage, leave, schemes),
    crowd('closing', 'that sent Close', inClosing, leave, schemes),
    crowd('closed', 'that the server closes', closedByServer, leave, schemes),
  ]
})
