/** permessage-deflate against data that is wrong, endless or expands without end (RFC 7692). */
import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'
import { Rsv } from '@hybi/frame'
import { type Behaviour, behaviour, type Outcome } from '../behaviour.ts'
import { Opcode, type Role, type Writer, writerFor } from '../peer/frames.ts'
import { openMany, readSlowly } from './flow.ts'

const OFFER = [
  'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover',
]
const BOTH = ['ws', 'wss'] as const
const MIB = 1024 * 1024

/** A message as RFC 7692 7.2.1 compresses it. */
const deflated = (plain: Uint8Array): Buffer =>
  deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)

const compressedBy =
  (write: Writer) =>
  (payload: Uint8Array, opcode: number = Opcode.BINARY, fin = true): Uint8Array =>
    write.frame({ opcode, rsv: Rsv.RSV1, fin }, payload)

/** What many connections may cost together: what one may, and the budget of the process. */
const MAX_GROWTH_OF_MANY = (64 + 16 + 256) * MIB

interface Row {
  readonly title: string
  readonly section?: string
  readonly accepts: readonly Outcome[]
  readonly octets: () => readonly Uint8Array[]
}

const row = (id: string, { octets, section = 'RFC 7692 7.2.2', ...fields }: Row): Behaviour =>
  behaviour({
    id: `deflate.${id}`,
    section,
    schemes: BOTH,
    ...fields,
    attack: async (arena) => {
      const peer = await arena.open(OFFER)
      await peer.send(...octets())
      await peer.until(() => peer.closeCode !== null || peer.messages.length > 0)
      return peer.outcome()
    },
  })

const bomb = (): Buffer => deflated(Buffer.alloc(64 * MIB))

/** Cuts a compressed message into fragments. */
function fragments(write: Writer, payload: Buffer, count: number): Uint8Array[] {
  const compressed = compressedBy(write)
  const step = Math.ceil(payload.length / count)
  return Array.from({ length: count }, (_, index) => {
    const part = payload.subarray(index * step, (index + 1) * step)
    const fin = index === count - 1
    return index === 0
      ? compressed(part, Opcode.BINARY, fin)
      : write.frame({ opcode: Opcode.CONTINUATION, fin }, part)
  })
}

/** Four blocks with dynamic Huffman codes (RFC 1951, 3.2.7) that end at once. */
const EMPTY_BLOCKS = Buffer.from(
  '04c081000000000090ff6b100007020000000040feaf41001c080000000000f9bf060170200000000000e4ff1a',
  'hex',
)

/** So many messages of 15 MiB, and what else they hold, are more than the budget of the process. */
const MORE_THAN_BUDGET = 18

const ofServer = (write: Writer): readonly Behaviour[] => [
  behaviour({
    id: 'deflate.unfinished',
    title:
      '18 messages of 15 MiB, 16 KiB each once compressed, that are begun and never finished; another sends 1 MiB',
    section: 'RFC 6455 10.4',
    accepts: ['echo'],
    maxGrowth: MAX_GROWTH_OF_MANY,
    attack: async (arena) => {
      const compressed = compressedBy(write)
      const part = compressed(deflated(Buffer.alloc(15 * MIB)), Opcode.BINARY, false)
      const peers = await openMany(arena, MORE_THAN_BUDGET, OFFER)
      await Promise.all(peers.map((peer) => peer.send(part)))
      // A Pong comes when what was sent before it has been inflated, or waits for the budget.
      const [first] = peers
      await first.send(write.frame({ opcode: Opcode.PING }, ''))
      await first.until(() => first.frames.length > 0)
      const other = await arena.open(OFFER)
      await other.send(compressed(deflated(Buffer.alloc(MIB))))
      await other.until(() => other.messages.length > 0)
      return other.outcome()
    },
  }),
]

/** What compression is attacked with, for an endpoint of either role. */
export function compressionBehaviours(role: Role): readonly Behaviour[] {
  const write = writerFor(role)
  const compressed = compressedBy(write)
  return [
    row('garbage', {
      title: 'octets that are no deflate stream',
      accepts: ['close 1007', 'close 1002'],
      octets: () => [compressed(Buffer.alloc(64, 0xff))],
    }),
    row('truncated', {
      title: 'a deflate stream cut short',
      accepts: ['close 1007', 'close 1002'],
      octets: () => [compressed(deflated(Buffer.from('hello '.repeat(500))).subarray(0, -5))],
    }),
    row('distance', {
      title: 'a distance that lies before the first octet',
      accepts: ['close 1007', 'close 1002'],
      octets: () => [compressed(Buffer.from('4a040200', 'hex'))],
    }),
    row('reserved-block', {
      title: 'a block of the reserved type',
      accepts: ['close 1007', 'close 1002'],
      octets: () => [compressed(Uint8Array.of(0x07))],
    }),
    row('stored-length', {
      title: 'a stored block whose length and its complement disagree',
      accepts: ['close 1007', 'close 1002'],
      octets: () => [compressed(Buffer.from('0005000000', 'hex'))],
    }),
    row('bomb', {
      title: '64 KiB that inflate to 64 MiB',
      accepts: ['close 1009'],
      section: 'RFC 6455 10.4',
      octets: () => [compressed(bomb())],
    }),
    row('bomb-text', {
      title: 'a bomb as text',
      accepts: ['close 1009'],
      section: 'RFC 6455 10.4',
      octets: () => [compressed(deflated(Buffer.alloc(64 * MIB, 0x61)), Opcode.TEXT)],
    }),
    row('bomb-fragments', {
      title: 'a bomb spread over 1,000 fragments',
      accepts: ['close 1009'],
      section: 'RFC 6455 10.4',
      octets: () => fragments(write, bomb(), 1000),
    }),
    row('bomb-one-too-many', {
      title: 'one octet above the message limit once inflated',
      accepts: ['close 1009'],
      section: 'RFC 6455 10.4',
      octets: () => [compressed(deflated(Buffer.alloc(16 * MIB + 1)))],
    }),
    row('rsv1-continuation', {
      title: 'RSV1 on a continuation',
      accepts: ['close 1002'],
      section: 'RFC 7692 6.1',
      octets: () => [
        compressed(deflated(Buffer.from('a')), Opcode.TEXT, false),
        write.frame({ opcode: Opcode.CONTINUATION, rsv: Rsv.RSV1 }, 'b'),
      ],
    }),
    ...[Opcode.CLOSE, Opcode.PING, Opcode.PONG].map((opcode) =>
      row(`rsv1-control-${opcode}`, {
        title: `RSV1 on control frame ${opcode}`,
        accepts: ['close 1002'],
        section: 'RFC 7692 6',
        octets: () => [write.frame({ opcode, rsv: Rsv.RSV1 }, Uint8Array.of(0x03, 0xe8))],
      }),
    ),
    row('utf8', {
      title: 'invalid UTF-8 once inflated',
      accepts: ['close 1007'],
      section: 'RFC 6455 8.1',
      octets: () => [compressed(deflated(Buffer.from([0x61, 0xff])), Opcode.TEXT)],
    }),
    row('utf8-early', {
      title: 'invalid UTF-8 in the first fragment of a compressed message that never ends',
      accepts: ['close 1007'],
      section: 'RFC 6455 8.1',
      octets: () => [
        compressed(
          Buffer.concat([deflateRawSync(Buffer.from([0x61, 0xff]), { finishFlush: constants.Z_SYNC_FLUSH })]),
          Opcode.TEXT,
          false,
        ),
      ],
    }),
    row('empty', {
      title: 'a compressed frame of no octets is an empty message (lenient)',
      accepts: ['echo'],
      section: 'RFC 7692 7.2.3.6',
      octets: () => [compressed(new Uint8Array(0))],
    }),
    row('bfinal', {
      title: 'a block with BFINAL (right)',
      accepts: ['echo'],
      section: 'RFC 7692 7.2.3.4',
      octets: () => [compressed(Buffer.concat([deflateRawSync('Hello'), Buffer.of(0)]))],
    }),
    ...(role === 'server' ? ofServer(write) : []),
    behaviour({
      id: 'deflate.blocks',
      title: '2 MiB of blocks that are empty, each with codes of its own, in a message of two fragments',
      section: 'RFC 6455 10.4',
      schemes: BOTH,
      accepts: ['echo'],
      maxBystanderMs: 500,
      attack: async (arena) => {
        const peer = await arena.open(OFFER)
        await peer.send(compressed(EMPTY_BLOCKS, Opcode.BINARY, false))
        const blocks = Buffer.concat(
          Array.from({ length: (2 * MIB) / EMPTY_BLOCKS.length }, () => EMPTY_BLOCKS),
        )
        await peer.send(write.frame({ opcode: Opcode.CONTINUATION }, Buffer.concat([blocks, Buffer.of(0)])))
        await peer.until(() => peer.messages.length > 0 || peer.closeCode !== null)
        return peer.outcome()
      },
    }),
    behaviour({
      id: 'deflate.flood-small',
      title: '100,000 compressed messages of 16 octets at once',
      section: 'RFC 6455 10.4',
      schemes: BOTH,
      accepts: ['fin'],
      maxBystanderMs: 500,
      attack: async (arena) => {
        const peer = await arena.open(OFFER)
        peer.countOnly = true
        const message = compressed(deflated(Buffer.alloc(16)))
        peer.socket.end(Buffer.concat(Array.from({ length: 100_000 }, () => message)))
        await peer.untilEnded(60_000)
        return peer.ended ?? 'silence'
      },
    }),
    behaviour({
      id: 'deflate.many-bombs',
      title: '100 bombs at once, on 100 connections',
      section: 'RFC 6455 10.4',
      accepts: ['100 × close 1009'],
      maxGrowth: MAX_GROWTH_OF_MANY,
      maxBystanderMs: 2000,
      attack: async (arena) => {
        const payload = compressed(deflated(Buffer.alloc(17 * MIB)))
        const peers = await openMany(arena, 100, OFFER)
        await Promise.all(peers.map((peer) => peer.send(payload)))
        await Promise.all(peers.map((peer) => peer.until(() => peer.closeCode !== null, 60_000)))
        return `${peers.filter((peer) => peer.closeCode === 1009).length} × close 1009`
      },
    }),
    behaviour({
      id: 'deflate.many-text-bombs',
      title: '200 texts of 17 MiB at once, each in two compressed fragments, on 200 connections',
      section: 'RFC 6455 10.4',
      accepts: ['200 × close 1009'],
      maxGrowth: MAX_GROWTH_OF_MANY,
      maxBystanderMs: 2000,
      attack: async (arena) => {
        const payload = fragments(write, deflated(Buffer.alloc(17 * MIB, 'a')), 2)
        const peers = await openMany(arena, 200, OFFER)
        await Promise.all(peers.map((peer) => peer.send(...payload)))
        await Promise.all(peers.map((peer) => peer.until(() => peer.closeCode !== null, 60_000)))
        return `${peers.filter((peer) => peer.closeCode === 1009).length} × close 1009`
      },
    }),
    behaviour({
      id: 'deflate.slow-reader',
      title: 'a slow but honest reader of 8 compressed messages of 1 MiB gets them all, and then the Close',
      section: 'RFC 6455 7.1.1',
      schemes: BOTH,
      accepts: ['8 messages, close 1000'],
      attack: async (arena) => {
        const peer = await arena.open(OFFER)
        // What cannot be compressed, so that the echoes are as large.
        await readSlowly(peer, write, 8, compressed(deflated(randomBytes(MIB))))
        return `${peer.messages.length} messages, ${peer.outcome()}`
      },
    }),
    behaviour({
      id: 'deflate.many-unfinished',
      title: '300 compressed messages begun and never finished',
      section: 'RFC 6455 10.4',
      accepts: ['a new connection echoes'],
      maxGrowth: MAX_GROWTH_OF_MANY,
      attack: async (arena) => {
        const part = compressed(deflated(Buffer.alloc(256 * 1024)), Opcode.BINARY, false)
        const peers = await openMany(arena, 300, OFFER)
        await Promise.all(peers.map((peer) => peer.send(part)))
        const other = await arena.open()
        await other.send(write.frame({ opcode: Opcode.TEXT }, 'x'))
        return (await other.until(() => other.messages.length > 0)) ? 'a new connection echoes' : 'no echo'
      },
    }),
    behaviour({
      id: 'deflate.never-reads',
      title: 'a peer that sends compressed zeros and never reads the echoes',
      section: 'RFC 6455 10.4',
      accepts: ['not read any more', 'reset', 'fin', 'close 1008'],
      attack: async (arena) => {
        const message = compressed(deflated(Buffer.alloc(MIB)))
        const peer = await arena.open(OFFER)
        peer.socket.pause()
        const giveUpAt = performance.now() + 4000
        let sent = 0
        while (performance.now() < giveUpAt && peer.ended === null && sent < 20_000) {
          if (!peer.socket.write(message)) {
            const drained = await Promise.race([
              new Promise<boolean>((resolve) => peer.socket.once('drain', () => resolve(true))),
              new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
            ])
            if (!drained) return 'not read any more'
          }
          sent++
        }
        return peer.ended ?? 'read on and on'
      },
    }),
  ]
}
