/** Frames that break RFC 6455 5, each on a connection of its own, and what the server must close with. */
import { type FrameFields, Rsv } from '@hybi/frame'
import type { Arena } from '../arena.ts'
import { type Behaviour, behaviour, type Outcome } from '../behaviour.ts'
import { closeBody, Opcode, type Role, type Writer, writerFor } from '../peer/frames.ts'
import type { RawPeer } from '../peer/raw-peer.ts'

const BOTH = ['ws', 'wss'] as const

/** Opens, sends, and waits until the server has closed; `tcp` says how the transport ended when no Close came. */
export async function provoke(arena: Arena, ...octets: readonly Uint8Array[]): Promise<Outcome> {
  const peer = await arena.open()
  await peer.send(...octets)
  await peer.until(() => peer.closeCode !== null)
  await endOf(arena, peer)
  return peer.ended === 'fin' ? peer.outcome() : `${peer.outcome()}, then ${peer.ended ?? 'no end'}`
}

/** Waits for the end of the transport, begun by whoever has to. */
export async function endOf(arena: Arena, peer: RawPeer): Promise<void> {
  // 7.1.1: the server closes TCP first, so a client under attack waits for the FIN of the hostile server.
  if (arena.role === 'client' && (await peer.until(() => peer.closeCode !== null))) peer.socket.end()
  await peer.untilEnded()
}

interface Row {
  readonly title: string
  readonly section: string
  readonly accepts: readonly Outcome[]
  readonly octets: readonly Uint8Array[]
}

const row = (id: string, { octets, ...fields }: Row): Behaviour =>
  behaviour({
    id: `frame.${id}`,
    schemes: BOTH,
    ...fields,
    attack: (arena) => provoke(arena, ...octets),
  })

const PROTOCOL_ERROR = ['close 1002']
const INVALID = ['close 1007']
const TOO_BIG = ['close 1009']

const textOf =
  (write: Writer) =>
  (payload: Uint8Array | string, fields: Partial<FrameFields> = {}): Uint8Array =>
    write.frame({ opcode: Opcode.TEXT, ...fields }, payload)

const headerRows = (write: Writer, text: ReturnType<typeof textOf>): Behaviour[] => [
  row('masking', {
    title: 'a frame that is masked when it must not be, or not masked when it must',
    section: 'RFC 6455 5.1',
    accepts: PROTOCOL_ERROR,
    octets: [write.wrong({ opcode: Opcode.TEXT }, 'x')],
  }),
  ...[Rsv.RSV2, Rsv.RSV3, Rsv.RSV1, 7].map((rsv) =>
    row(`rsv-${rsv}`, {
      title: `reserved bits ${rsv} without an extension`,
      section: 'RFC 6455 5.2',
      accepts: PROTOCOL_ERROR,
      octets: [text('x', { rsv })],
    }),
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    row(`opcode-${opcode}`, {
      title: `reserved opcode ${opcode}`,
      section: 'RFC 6455 5.2',
      accepts: PROTOCOL_ERROR,
      octets: [write.frame({ opcode }, 'x')],
    }),
  ),
  row('opcode-reserved-huge', {
    title: 'reserved opcode with a declared length of 2^40',
    section: 'RFC 6455 5.2',
    accepts: PROTOCOL_ERROR,
    octets: [write.header({ opcode: 3, payloadLength: 2n ** 40n, lengthBytes: 8 })],
  }),
  row('length-16-not-minimal', {
    title: 'length 5 in 16 bits',
    section: 'RFC 6455 5.2',
    accepts: PROTOCOL_ERROR,
    octets: [text('abcde', { lengthBytes: 2 })],
  }),
  row('length-64-not-minimal', {
    title: 'length 5 in 64 bits',
    section: 'RFC 6455 5.2',
    accepts: PROTOCOL_ERROR,
    octets: [text('abcde', { lengthBytes: 8 })],
  }),
  row('length-64-of-16', {
    title: 'length 300 in 64 bits',
    section: 'RFC 6455 5.2',
    accepts: PROTOCOL_ERROR,
    octets: [text('a'.repeat(300), { lengthBytes: 8 })],
  }),
  row('length-top-bit', {
    title: 'length with the top bit of 64 set',
    section: 'RFC 6455 5.2',
    accepts: PROTOCOL_ERROR,
    octets: [write.header({ opcode: Opcode.BINARY, payloadLength: 2n ** 63n + 5n, lengthBytes: 8 })],
  }),
  row('length-all-bits', {
    title: 'length 2^64 - 1',
    section: 'RFC 6455 5.2',
    accepts: PROTOCOL_ERROR,
    octets: [write.header({ opcode: Opcode.BINARY, payloadLength: 2n ** 64n - 1n, lengthBytes: 8 })],
  }),
  row('length-above-2-53', {
    title: 'length 2^53 + 1',
    section: 'RFC 6455 5.2',
    accepts: TOO_BIG,
    octets: [write.header({ opcode: Opcode.BINARY, payloadLength: 2n ** 53n + 1n, lengthBytes: 8 })],
  }),
  row('length-2-62', {
    title: 'length 2^63 - 1',
    section: 'RFC 6455 5.2',
    accepts: TOO_BIG,
    octets: [write.header({ opcode: Opcode.TEXT, payloadLength: 2n ** 63n - 1n, lengthBytes: 8 })],
  }),
  row('length-2-32', {
    title: 'length 2^32, judged before its payload comes',
    section: 'RFC 6455 10.4',
    accepts: TOO_BIG,
    octets: [write.header({ opcode: Opcode.BINARY, payloadLength: 2 ** 32, lengthBytes: 8 })],
  }),
  row('length-one-too-many', {
    title: 'one octet above the message limit',
    section: 'RFC 6455 10.4',
    accepts: TOO_BIG,
    octets: [write.header({ opcode: Opcode.BINARY, payloadLength: 16 * 1024 * 1024 + 1, lengthBytes: 8 })],
  }),
  row('length-sum', {
    title: 'fragments that together are above the message limit',
    section: 'RFC 6455 10.4',
    accepts: TOO_BIG,
    octets: [
      write.frame({ opcode: Opcode.BINARY, fin: false }, Buffer.alloc(1024)),
      write.header({ opcode: Opcode.CONTINUATION, payloadLength: 16 * 1024 * 1024, lengthBytes: 8 }),
    ],
  }),
]

const controlRows = (write: Writer): Behaviour[] =>
  [Opcode.CLOSE, Opcode.PING, Opcode.PONG].flatMap((opcode) => [
    row(`control-${opcode}-fragmented`, {
      title: `control frame ${opcode} without FIN`,
      section: 'RFC 6455 5.5',
      accepts: PROTOCOL_ERROR,
      octets: [write.frame({ opcode, fin: false }, closeBody(1000))],
    }),
    row(`control-${opcode}-126`, {
      title: `control frame ${opcode} of 126 octets`,
      section: 'RFC 6455 5.5',
      accepts: PROTOCOL_ERROR,
      octets: [write.frame({ opcode }, closeBody(1000, 'a'.repeat(124)))],
    }),
    row(`control-${opcode}-huge`, {
      title: `control frame ${opcode} that declares 2^40 octets`,
      section: 'RFC 6455 5.5',
      accepts: PROTOCOL_ERROR,
      octets: [write.header({ opcode, payloadLength: 2n ** 40n, lengthBytes: 8 })],
    }),
    row(`control-${opcode}-rsv`, {
      title: `control frame ${opcode} with RSV1`,
      section: 'RFC 6455 5.2',
      accepts: PROTOCOL_ERROR,
      octets: [write.frame({ opcode, rsv: Rsv.RSV1 }, closeBody(1000))],
    }),
  ])

const fragmentRows = (write: Writer, text: ReturnType<typeof textOf>): Behaviour[] => [
  row('continuation-first', {
    title: 'a continuation of nothing',
    section: 'RFC 6455 5.4',
    accepts: PROTOCOL_ERROR,
    octets: [write.frame({ opcode: Opcode.CONTINUATION }, 'x')],
  }),
  row('continuation-after', {
    title: 'a continuation behind a finished message: the echo comes first',
    section: 'RFC 6455 5.4',
    accepts: PROTOCOL_ERROR,
    octets: [
      text('a', { fin: false }),
      write.frame({ opcode: Opcode.CONTINUATION }, 'b'),
      write.frame({ opcode: Opcode.CONTINUATION }, 'c'),
    ],
  }),
  row('text-in-text', {
    title: 'a text within a fragmented text',
    section: 'RFC 6455 5.4',
    accepts: PROTOCOL_ERROR,
    octets: [text('a', { fin: false }), text('b')],
  }),
  row('binary-in-text', {
    title: 'a binary message within a fragmented text',
    section: 'RFC 6455 5.4',
    accepts: PROTOCOL_ERROR,
    octets: [text('a', { fin: false }), write.frame({ opcode: Opcode.BINARY, fin: false }, 'b')],
  }),
]

const utf8Rows = (write: Writer, text: ReturnType<typeof textOf>): Behaviour[] =>
  (
    [
      ['c0-80', 'c080'],
      ['e0-9f', 'e09f80'],
      ['surrogate', 'eda080'],
      ['f5', 'f5'],
      ['above', 'f4908080'],
      ['lone', '80'],
      ['cut', 'e282'],
      ['fe', 'fe'],
    ] as const
  ).flatMap(([id, hex]) => [
    row(`utf8-${id}`, {
      title: `a text with the octets ${hex}`,
      section: 'RFC 6455 8.1',
      accepts: INVALID,
      octets: [text(Buffer.concat([Buffer.from('ok '), Buffer.from(hex, 'hex')]))],
    }),
    row(`reason-${id}`, {
      title: `a close reason with the octets ${hex}`,
      section: 'RFC 6455 5.5.1',
      accepts: ['close 1007', 'close 1002'],
      octets: [
        write.frame({ opcode: Opcode.CLOSE }, Buffer.concat([closeBody(1000), Buffer.from(hex, 'hex')])),
      ],
    }),
  ])

const failFastRows = (write: Writer, text: ReturnType<typeof textOf>): Behaviour[] => [
  row('utf8-early-in-frame', {
    title: 'an impossible octet early in a frame that never ends',
    section: 'RFC 6455 8.1',
    accepts: INVALID,
    octets: [text(Buffer.from([0x61, 0xff, 0x61]), { payloadLength: 1_000_000, lengthBytes: 8 })],
  }),
  row('utf8-early-in-message', {
    title: 'an impossible octet in a fragment of a message that never ends',
    section: 'RFC 6455 8.1',
    accepts: INVALID,
    octets: [
      text('a', { fin: false }),
      write.frame({ opcode: Opcode.CONTINUATION, fin: false }, Buffer.from([0xff])),
    ],
  }),
]

/** The frames, for an endpoint of either role. */
export function frameBehaviours(role: Role): readonly Behaviour[] {
  const write = writerFor(role)
  const text = textOf(write)
  return [
    ...headerRows(write, text),
    ...controlRows(write),
    ...fragmentRows(write, text),
    ...utf8Rows(write, text),
    ...failFastRows(write, text),
  ]
}
