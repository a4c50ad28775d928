/** T: TLS as the transport: its end, and what does not belong there (RFC 6455 10.6, RFC 8446 6.1). */
import { close, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import { answersClose, doesNotOpen, endsTcp, sendsClose, sendsCloseNotify } from './requirements.ts'

const server = ['server'] as const
const CUT =
  'An end without close_notify may be the work of somebody in the middle: the other side cannot know that all was said.'

export const tls: readonly OwnCase[] = [
  {
    id: '1.1',
    section: 'The end of TLS',
    title: 'close_notify after Close',
    description: 'The runner closes and watches the records of the server.',
    severity: 'MUST',
    rule: 'RFC 8446 6.1',
    reason: CUT,
    roles: server,
    transport: 'tls',
    steps: [close(1000), until({ seen: 'end' }, 1500)],
    requires: [answersClose(1000), sendsCloseNotify],
  },
  {
    id: '1.2',
    section: 'The end of TLS',
    title: 'close_notify after a failure',
    description: 'A frame with a reserved bit: the server fails the connection.',
    severity: 'QUALITY',
    rule: 'RFC 8446 6.1',
    reason: CUT,
    roles: server,
    transport: 'tls',
    steps: [text('x', { rsv: 1 }), until({ seen: 'end' }, 1500)],
    requires: [sendsClose(1002), sendsCloseNotify],
    closesAtEnd: false,
  },
  {
    id: '1.3',
    section: 'The end of TLS',
    title: 'FIN without close_notify',
    description: 'The runner ends TCP in an open connection and says nothing in TLS.',
    severity: 'QUALITY',
    rule: 'RFC 8446 6.1',
    reason: 'Such ends happen all the time; the server has to let go of its side.',
    roles: server,
    transport: 'tls',
    steps: [{ do: 'truncate' }, until({ seen: 'end' }, 1500)],
    requires: [endsTcp],
    closesAtEnd: false,
    patienceMs: 100,
  },
  {
    id: '2.1',
    section: 'What is not TLS',
    title: 'a plain request',
    description: 'A good opening handshake without TLS on the TLS port.',
    severity: 'MUST',
    rule: 'RFC 6455 11.1.2',
    reason:
      'wss means that everything goes through TLS; a server that answers plainly can be talked out of it.',
    roles: server,
    transport: 'plain-octets',
    requires: [doesNotOpen, endsTcp],
    closesAtEnd: false,
  },
  {
    id: '2.2',
    section: 'What is not TLS',
    title: 'garbage',
    description: 'Octets that are neither TLS nor HTTP.',
    severity: 'QUALITY',
    rule: 'RFC 8446 6.2',
    reason: 'A handshake that cannot succeed any more has to be ended, not waited for.',
    roles: server,
    transport: 'plain-octets',
    opening: { rewrite: () => '\x16\x03\x01\xff\xff'.padEnd(64, '\x00') },
    requires: [doesNotOpen, endsTcp],
    closesAtEnd: false,
  },
]
