/** Peers that send without end, or read nothing: memory stays bounded, bystanders are served (RFC 6455 10.4). */
import type { Arena } from '../arena.ts'
import { type Behaviour, behaviour } from '../behaviour.ts'
import { Opcode, type Role, type Writer, writerFor } from '../peer/frames.ts'
import type { RawPeer } from '../peer/raw-peer.ts'

const BOTH = ['ws', 'wss'] as const
const SECTION = 'RFC 6455 10.4'
const MIB = 1024 * 1024

/** How long a peer that does not read tries to send, in milliseconds. */
const FLOOD_MS = 3000
const STALLED_MS = 500

/** Sends `count` times the same message and a Close, and reads what comes of that in small sips, to its end. */
export async function readSlowly(
  peer: RawPeer,
  write: Writer,
  count: number,
  message: Uint8Array,
): Promise<void> {
  peer.socket.pause()
  const sent = (async () => {
    for (let i = 0; i < count; i++) await peer.send(message)
    await peer.send(write.frame({ opcode: Opcode.CLOSE }, Uint8Array.of(0x03, 0xe8)))
  })()
  const pace = setInterval(() => {
    peer.socket.resume()
    setTimeout(() => peer.ended === null && peer.socket.pause(), 5)
  }, 30)
  await peer.untilEnded(30_000)
  clearInterval(pace)
  await sent
}

/** Writes one piece again and again; true when the endpoint stopped taking it in or ended, false when it took all of the time. */
export async function flood(peer: RawPeer, piece: Uint8Array): Promise<boolean> {
  const giveUpAt = performance.now() + FLOOD_MS
  while (performance.now() < giveUpAt && peer.ended === null) {
    if (peer.socket.write(piece)) continue
    const drained = await new Promise<boolean>((resolve) => {
      const onDrain = (): void => {
        clearTimeout(timer)
        resolve(true)
      }
      const timer = setTimeout(() => {
        peer.socket.off('drain', onDrain)
        resolve(false)
      }, STALLED_MS)
      peer.socket.once('drain', onDrain)
    })
    if (!drained) return true
  }
  return peer.ended !== null
}

/** Floods without reading: right when the endpoint stops reading, too. */
const unread = (
  id: string,
  title: string,
  piece: () => Uint8Array,
  accepts: readonly string[] = ['not read any more'],
): Behaviour =>
  behaviour({
    id: `flow.unread-${id}`,
    title,
    section: SECTION,
    schemes: BOTH,
    accepts,
    attack: async (arena) => {
      const peer = await arena.open()
      peer.socket.pause()
      return (await flood(peer, piece())) ? 'not read any more' : 'read on and on'
    },
  })

/** Floods and reads: right when a message behind the flood still comes back. */
const readFlood = (id: string, title: string, piece: () => Uint8Array): Behaviour =>
  behaviour({
    id: `flow.flood-${id}`,
    title,
    section: SECTION,
    schemes: BOTH,
    accepts: ['alive'],
    attack: async (arena) => {
      const peer = await arena.open()
      peer.countOnly = true
      await flood(peer, piece())
      peer.socket.end()
      await peer.untilEnded(30_000)
      return peer.ended === 'fin' ? 'alive' : `ended by ${peer.ended}`
    },
  })

const repeat = (frame: Uint8Array, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => frame))

/** One whole message in small pieces, and the echo of it. */
async function echoOfPieces(arena: Arena, pieces: readonly Uint8Array[], size: number): Promise<string> {
  const peer = await arena.open()
  for (const piece of pieces) await peer.send(piece)
  await peer.until(() => peer.messages.length > 0 || peer.closeCode !== null)
  return peer.messages[0]?.length === size ? 'echo' : peer.outcome()
}

const AT_ONCE = 50

/** Many connections, not all of their handshakes at once: those have a deadline. */
export async function openMany(
  arena: Arena,
  count: number,
  lines: readonly string[] = [],
): Promise<RawPeer[]> {
  const peers: RawPeer[] = []
  while (peers.length < count) {
    const group = Array.from({ length: Math.min(AT_ONCE, count - peers.length) }, () => arena.open(lines))
    peers.push(...(await Promise.all(group)))
  }
  return peers
}

/** Whether others are served meanwhile. */
async function echoOfAnother(arena: Arena, write: Writer): Promise<string> {
  const other = await arena.open()
  await other.send(write.frame({ opcode: Opcode.TEXT }, 'x'))
  return (await other.until(() => other.messages.length > 0)) ? 'a new connection echoes' : 'no echo'
}

const oneByteFragments = (write: Writer, count: number): Buffer =>
  Buffer.concat([
    write.frame({ opcode: Opcode.BINARY, fin: false }, 'a'),
    repeat(write.frame({ opcode: Opcode.CONTINUATION, fin: false }, 'a'), count - 2),
    write.frame({ opcode: Opcode.CONTINUATION }, 'a'),
  ])

/** The floods and stalls, for an endpoint of either role. */
export function flowBehaviours(role: Role): readonly Behaviour[] {
  const write = writerFor(role)
  return [
    unread('small', 'messages of 16 octets without end, none of their echoes read', () =>
      repeat(write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(16)), 4096),
    ),
    unread('large', 'messages of 1 MiB without end, none of their echoes read', () =>
      write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(MIB)),
    ),
    unread('text', 'texts of 4 KiB without end, none of their echoes read', () =>
      repeat(write.frame({ opcode: Opcode.TEXT }, 'ä'.repeat(2048)), 16),
    ),
    unread(
      'pings',
      'Pings of 125 octets without end, none of their Pongs read',
      () => repeat(write.frame({ opcode: Opcode.PING }, Buffer.alloc(125)), 512),
      // 5.5.3 allows to answer the latest Ping alone: reading on costs nothing then.
      ['not read any more', 'read on and on'],
    ),
    unread('mixed', 'Pings between messages without end, nothing read', () =>
      repeat(
        Buffer.concat([
          write.frame({ opcode: Opcode.PING }, 'p'),
          write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(1000)),
        ]),
        64,
      ),
    ),
    readFlood('pings', 'Pings as fast as they go', () =>
      repeat(write.frame({ opcode: Opcode.PING }, Buffer.alloc(125)), 512),
    ),
    readFlood('empty-pings', 'empty Pings as fast as they go', () =>
      repeat(write.frame({ opcode: Opcode.PING }), 4096),
    ),
    readFlood('pongs', 'Pongs that nobody asked for, as fast as they go', () =>
      repeat(write.frame({ opcode: Opcode.PONG }, Buffer.alloc(125)), 512),
    ),
    readFlood('empty-messages', 'empty messages as fast as they go', () =>
      repeat(write.frame({ opcode: Opcode.TEXT }), 4096),
    ),
    readFlood('empty-fragments', 'empty messages of three fragments as fast as they go', () =>
      repeat(
        Buffer.concat([
          write.frame({ opcode: Opcode.TEXT, fin: false }),
          write.frame({ opcode: Opcode.CONTINUATION, fin: false }),
          write.frame({ opcode: Opcode.CONTINUATION }),
        ]),
        1024,
      ),
    ),
    behaviour({
      id: 'flow.fragments-65537',
      title: '65,537 fragments of one octet (right)',
      section: 'RFC 6455 5.4',
      schemes: BOTH,
      accepts: ['echo'],
      attack: (arena) => echoOfPieces(arena, [oneByteFragments(write, 65_537)], 65_537),
    }),
    behaviour({
      id: 'flow.fragments-too-many',
      title: '131,073 fragments of one message',
      section: SECTION,
      schemes: BOTH,
      accepts: ['close 1009', 'close 1008'],
      attack: (arena) => echoOfPieces(arena, [oneByteFragments(write, 131_073)], 131_073),
    }),
    behaviour({
      id: 'flow.fragments-empty-too-many',
      title: '200,000 empty fragments of a message that never ends',
      section: SECTION,
      schemes: BOTH,
      accepts: ['close 1009', 'close 1008'],
      attack: (arena) =>
        echoOfPieces(
          arena,
          [
            write.frame({ opcode: Opcode.TEXT, fin: false }),
            repeat(write.frame({ opcode: Opcode.CONTINUATION, fin: false }), 200_000),
          ],
          0,
        ),
    }),
    behaviour({
      id: 'flow.octet-by-octet',
      title: 'a message of 10,000 octets in segments of one octet (right)',
      section: 'RFC 6455 5.2',
      accepts: ['echo'],
      attack: (arena) => {
        const frame = write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(10_000, 0x61))
        return echoOfPieces(
          arena,
          Array.from(frame, (_, index) => frame.subarray(index, index + 1)),
          10_000,
        )
      },
    }),
    behaviour({
      id: 'flow.declared-and-silent',
      title: '200 connections that declare 16 MiB and send 1 octet of it',
      section: SECTION,
      schemes: BOTH,
      accepts: ['a new connection echoes'],
      attack: async (arena) => {
        const frame = write.frame({ opcode: Opcode.BINARY, payloadLength: 16 * MIB, lengthBytes: 8 }, 'x')
        const peers = await openMany(arena, 200)
        await Promise.all(peers.map((peer) => peer.send(frame)))
        return echoOfAnother(arena, write)
      },
    }),
    behaviour({
      id: 'flow.declared-and-partial',
      title: '200 connections that declare 16 MiB and send 64 KiB of it',
      section: SECTION,
      schemes: BOTH,
      accepts: ['a new connection echoes'],
      attack: async (arena) => {
        const header = write.header({ opcode: Opcode.BINARY, payloadLength: 16 * MIB, lengthBytes: 8 })
        const peers = await openMany(arena, 200)
        await Promise.all(peers.map((peer) => peer.send(header, Buffer.alloc(65_536))))
        return echoOfAnother(arena, write)
      },
    }),
    behaviour({
      id: 'flow.fragments-held',
      title: '30 connections that hold a message of 131,071 fragments of one octet open',
      section: SECTION,
      accepts: ['a new connection echoes'],
      maxBystanderMs: 2000,
      attack: async (arena) => {
        const fragments = oneByteFragments(write, 131_072)
        const open = fragments.subarray(0, -write.frame({ opcode: Opcode.CONTINUATION }, 'a').length)
        const peers = await openMany(arena, 30)
        await Promise.all(peers.map((peer) => peer.send(open)))
        return echoOfAnother(arena, write)
      },
    }),
    behaviour({
      id: 'flow.pings-between',
      title: 'a message of 10,000 fragments with a Ping between each two (right)',
      section: 'RFC 6455 5.4',
      schemes: BOTH,
      accepts: ['echo'],
      attack: (arena) => {
        const ping = write.frame({ opcode: Opcode.PING }, 'p')
        const middle = Buffer.concat([ping, write.frame({ opcode: Opcode.CONTINUATION, fin: false }, 'a')])
        const pieces = [
          write.frame({ opcode: Opcode.BINARY, fin: false }, 'a'),
          repeat(middle, 9998),
          write.frame({ opcode: Opcode.CONTINUATION }, 'a'),
        ]
        return echoOfPieces(arena, pieces, 10_000)
      },
    }),
    behaviour({
      id: 'flow.text-octet-by-octet',
      title: 'a text cut between all octets of its characters, each a fragment (right)',
      section: 'RFC 6455 5.4',
      schemes: BOTH,
      accepts: ['echo'],
      attack: (arena) => {
        const octets = Buffer.from('\u20ac'.repeat(4000))
        const pieces = Array.from(octets, (_, at) =>
          write.frame(
            { opcode: at === 0 ? Opcode.TEXT : Opcode.CONTINUATION, fin: at === octets.length - 1 },
            octets.subarray(at, at + 1),
          ),
        )
        return echoOfPieces(arena, [Buffer.concat(pieces)], octets.length)
      },
    }),
    behaviour({
      id: 'flow.half-closed-unread',
      title: '8 MiB of messages and FIN, and only then is an echo read (right)',
      section: 'RFC 6455 7.1.1',
      schemes: BOTH,
      accepts: ['8 MiB, fin'],
      attack: async (arena) => {
        const peer = await arena.open()
        peer.socket.pause()
        const message = write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(MIB, 0x63))
        for (let i = 0; i < 8; i++) peer.socket.write(message)
        peer.socket.end()
        await new Promise((resolve) => setTimeout(resolve, arena.timeouts.closeMs / 2))
        peer.socket.resume()
        await peer.untilEnded(30_000)
        const octets = peer.messages.reduce((sum, { length }) => sum + length, 0)
        return `${octets / MIB} MiB, ${peer.ended ?? 'no end'}`
      },
    }),
    behaviour({
      id: 'flow.slow-reader',
      title: 'a slow but honest reader of 8 MiB gets every octet, and then the Close',
      section: 'RFC 6455 7.1.1',
      schemes: BOTH,
      accepts: ['8 MiB, close 1000'],
      attack: async (arena) => {
        const peer = await arena.open()
        const message = write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(MIB, 0x62))
        await readSlowly(peer, write, 8, message)
        const octets = peer.messages.reduce((sum, { length }) => sum + length, 0)
        return `${octets / MIB} MiB, ${peer.outcome()}`
      },
    }),
    behaviour({
      id: 'flow.unmasked-big',
      title: 'an unmasked frame of 16 MiB is refused before its payload is taken',
      section: 'RFC 6455 5.1',
      schemes: BOTH,
      accepts: ['close 1002', 'reset'],
      attack: async (arena) => {
        const peer = await arena.open()
        void peer.send(write.wrong({ opcode: Opcode.BINARY }, Buffer.alloc(16 * MIB)))
        await peer.until(() => peer.closeCode !== null)
        return peer.outcome()
      },
    }),
  ]
}
