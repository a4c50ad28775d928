/** M: masking (RFC 6455 5.1, 5.3): who must, who must not, and with what. */
import { Opcode } from '@hybi/frame'
import { binary, close, continuation, frame, ping, type Step, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import {
  doesNotMask,
  drawsFreshKeys,
  echoesNothing,
  echoesText,
  failsConnection,
  masksEveryFrame,
  pongs,
} from './requirements.ts'

const server = ['server'] as const
const client = ['client'] as const
const PROTECTS =
  'Masking keeps pages from writing chosen octets into proxies and servers that are no WebSocket endpoints; a server that does not insist on it gives that up.'
const NEVER = 'A server that masks is broken or not one; the client has to end the connection.'

interface Row {
  readonly title: string
  readonly steps: (masked: boolean) => readonly Step[]
}

/** Every kind of frame with the mask bit as it must not be. */
const ROWS: readonly Row[] = [
  { title: 'text', steps: (masked) => [text('mask', { masked })] },
  { title: 'empty text', steps: (masked) => [text('', { masked })] },
  { title: 'binary', steps: (masked) => [binary('mask', { masked })] },
  {
    title: 'continuation of a good first fragment',
    steps: (masked) => [text('ma', { fin: false }), continuation('sk', { masked })],
  },
  { title: 'ping', steps: (masked) => [ping('mask', { masked })] },
  { title: 'Close', steps: (masked) => [frame(Opcode.CLOSE, Uint8Array.of(0x03, 0xe8), { masked })] },
]

const wrong = (masked: boolean): readonly OwnCase[] =>
  ROWS.map(({ title, steps }, index) => ({
    id: `${masked ? 2 : 1}.${index + 1}`,
    section: masked ? 'Masked frames of a server' : 'Unmasked frames of a client',
    title: `${masked ? 'masked' : 'unmasked'} ${title}`,
    description: `One ${title} frame ${masked ? 'with' : 'without'} a mask.`,
    severity: 'MUST',
    rule: 'RFC 6455 5.1',
    reason: masked ? NEVER : PROTECTS,
    roles: masked ? client : server,
    steps: [...steps(masked), until({ seen: 'close' }, 1000)],
    requires: [failsConnection(), echoesNothing, pongs()],
    closesAtEnd: false,
    patienceMs: 1200,
  }))

const MANY = Array.from({ length: 16 }, (_, index) => `message ${index}`)

const own: readonly OwnCase[] = [
  {
    id: '3.1',
    section: 'The frames of the endpoint',
    title: 'a server masks nothing',
    description: 'A text, a ping and a Close: all three are answered.',
    severity: 'MUST',
    rule: 'RFC 6455 5.1',
    reason: NEVER,
    roles: server,
    steps: [
      text('plain'),
      ping('plain'),
      until({ seen: 'pong', count: 1 }),
      close(1000),
      until({ seen: 'close' }),
    ],
    requires: [doesNotMask, echoesText('plain')],
  },
  {
    id: '3.2',
    section: 'The frames of the endpoint',
    title: 'a client masks everything',
    description: 'A text, an empty text, a ping and a Close: all four are answered.',
    severity: 'MUST',
    rule: 'RFC 6455 5.1',
    reason: PROTECTS,
    roles: client,
    steps: [
      text('masked'),
      text(''),
      ping('masked'),
      until({ seen: 'pong', count: 1 }),
      close(1000),
      until({ seen: 'close' }),
    ],
    requires: [masksEveryFrame, echoesText('masked', '')],
  },
  {
    id: '3.3',
    section: 'The frames of the endpoint',
    title: 'a client draws a key for each frame',
    description: 'Sixteen messages: the keys of their echoes are looked at.',
    severity: 'MUST',
    rule: 'RFC 6455 5.3',
    reason: 'A key that is known beforehand protects nobody.',
    roles: client,
    steps: [...MANY.map((payload) => text(payload)), until({ seen: 'message', count: MANY.length })],
    requires: [echoesText(...MANY), drawsFreshKeys],
  },
]

export const masking: readonly OwnCase[] = [...wrong(false), ...wrong(true), ...own]
