/** H.1: requests that a server must refuse, and such that it must not (RFC 6455 4.2.1, RFC 9112). */
import { octets, text, until } from '../step.ts'
import { maskedFrame } from './masked-frame.ts'
import type { OwnCase } from './own.ts'
import {
  declinesExtension,
  doesNotOpen,
  echoesText,
  hasHeader,
  isRefused,
  isRefusedWith,
  opens,
} from './requirements.ts'

const REFUSED = 'Requests that must be refused'
const TAKEN = 'Requests that must be accepted'
const server = ['server'] as const
const MATCH =
  'A server that takes what is no handshake talks WebSocket to something that may not be a WebSocket client.'

type Refused = Pick<OwnCase, 'id' | 'title' | 'description' | 'opening'> &
  Partial<Pick<OwnCase, 'rule' | 'reason' | 'severity' | 'requires'>>

const refused = (row: Refused): OwnCase => ({
  section: REFUSED,
  severity: 'MUST',
  rule: 'RFC 6455 4.2.1',
  reason: MATCH,
  roles: server,
  requires: [isRefused],
  ...row,
})

const UNTIL_ECHO = until({ seen: 'message', count: 1 }, 1500)

const taken = (row: Pick<OwnCase, 'id' | 'title' | 'description'> & Partial<OwnCase>): OwnCase => ({
  section: TAKEN,
  severity: 'MUST',
  rule: 'RFC 6455 4.2.1',
  reason: 'What the grammar allows, some client or proxy sends.',
  roles: server,
  steps: [text('taken'), UNTIL_ECHO],
  requires: [opens, echoesText('taken')],
  ...row,
})

const refusedRequests: readonly OwnCase[] = [
  refused({
    id: '1.1',
    title: 'no Upgrade',
    description: 'A request without the Upgrade header.',
    opening: { without: ['Upgrade'] },
    // Such a request may be one for a page: any answer but 101 will do.
    requires: [doesNotOpen],
  }),
  refused({
    id: '1.2',
    title: 'Upgrade to something else',
    description: 'A request that asks for an upgrade to h2c.',
    opening: { replace: { Upgrade: 'h2c' } },
    // Such a request may be one for a page: any answer but 101 will do.
    requires: [doesNotOpen],
  }),
  refused({
    id: '1.3',
    title: 'no Connection',
    description: 'A request without the Connection header.',
    opening: { without: ['Connection'] },
    // Such a request may be one for a page: any answer but 101 will do.
    requires: [doesNotOpen],
  }),
  refused({
    id: '1.4',
    title: 'Connection without the token',
    description: 'A request with Connection: keep-alive alone.',
    opening: { replace: { Connection: 'keep-alive' } },
    // Such a request may be one for a page: any answer but 101 will do.
    requires: [doesNotOpen],
  }),
  refused({
    id: '1.5',
    title: 'no key',
    description: 'A request without Sec-WebSocket-Key.',
    opening: { without: ['Sec-WebSocket-Key'] },
  }),
  refused({
    id: '1.6',
    title: 'key of 15 octets',
    description: 'A request whose key decodes to 15 octets.',
    opening: { replace: { 'Sec-WebSocket-Key': 'AAECAwQFBgcICQoLDA0O' } },
    reason: 'The key must decode to 16 octets: anything else did not come from a WebSocket client.',
  }),
  refused({
    id: '1.7',
    title: 'key that is not base64',
    description: 'A request whose key has characters outside the base64 alphabet.',
    opening: { replace: { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' } },
  }),
  refused({
    id: '1.8',
    title: 'two keys',
    description: 'A request with Sec-WebSocket-Key twice.',
    rule: 'RFC 6455 11.3.1',
    opening: { add: [['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==']] },
  }),
  refused({
    id: '1.9',
    title: 'no version',
    description: 'A request without Sec-WebSocket-Version.',
    opening: { without: ['Sec-WebSocket-Version'] },
  }),
  refused({
    id: '1.10',
    title: 'version 8',
    description: 'A request for version 8, a draft of the protocol.',
    rule: 'RFC 6455 4.2.2',
    opening: { replace: { 'Sec-WebSocket-Version': '8' } },
    reason: 'The server must say which versions it understands, so that the client can try again.',
    requires: [
      isRefused,
      hasHeader(
        'Sec-WebSocket-Version',
        'The Sec-WebSocket-Version header of the answer names 13.',
        (values) =>
          values.some((value) => value.split(',').some((version) => version.trim() === '13'))
            ? null
            : `the versions ${values.join(', ') || '(none)'}.`,
      ),
    ],
  }),
  refused({
    id: '1.11',
    title: 'status of a wrong version',
    description: 'A request for version 14, which does not exist.',
    severity: 'QUALITY',
    rule: 'RFC 6455 4.2.2',
    opening: { replace: { 'Sec-WebSocket-Version': '14' } },
    reason:
      '"an appropriate HTTP error code (such as 426 Upgrade Required)": it tells a client that another version would be understood; 400 does not.',
    requires: [isRefusedWith(426)],
  }),
  refused({
    id: '1.12',
    title: 'version 013',
    description: 'A request for version 013: a leading zero is not in the grammar.',
    rule: 'RFC 6455 4.3',
    severity: 'QUALITY',
    opening: { replace: { 'Sec-WebSocket-Version': '013' } },
  }),
  refused({
    id: '1.13',
    title: 'POST',
    description: 'The same request with the method POST.',
    opening: { method: 'POST', add: [['Content-Length', '0']] },
  }),
  refused({
    id: '1.14',
    title: 'HTTP/1.0',
    description: 'The same request in HTTP/1.0.',
    opening: { version: '1.0' },
  }),
  refused({
    id: '1.15',
    title: 'no Host',
    description: 'A request without the Host header.',
    rule: 'RFC 9112 3.2',
    opening: { without: ['Host'] },
  }),
  refused({
    id: '1.16',
    title: 'two Hosts',
    description: 'A request with two different Host headers.',
    rule: 'RFC 9112 3.2',
    reason: 'A proxy in front may have looked at the other one.',
    opening: { add: [['Host', 'other.example']] },
  }),
  refused({
    id: '1.17',
    title: 'white space before the colon',
    description: 'A request with a space between a header name and its colon.',
    rule: 'RFC 9112 5.1',
    reason: 'Servers that disagree on what such a line means can be played against each other.',
    opening: { rewrite: (head) => head.replace('Sec-WebSocket-Key:', 'Sec-WebSocket-Key :') },
  }),
  refused({
    id: '1.18',
    title: 'no request line',
    description: 'Octets that are no HTTP request at all.',
    rule: 'RFC 9112 3',
    severity: 'SHOULD',
    opening: { rewrite: () => 'hello, is anybody there\r\n\r\n' },
  }),
  refused({
    id: '1.19',
    title: 'extensions that break the grammar',
    description: 'An extension header with an empty parameter: permessage-deflate; ; x.',
    rule: 'RFC 6455 9.1',
    opening: { add: [['Sec-WebSocket-Extensions', 'permessage-deflate; ; x']] },
    reason: 'Malformed offers must fail the handshake; ignoring them leaves both sides with different ideas.',
  }),
  refused({
    id: '1.20',
    title: 'body announced',
    description: 'A request that announces a body of five octets, and the octets.',
    severity: 'QUALITY',
    rule: 'RFC 9110 9.3.1',
    reason: 'Octets that one side takes for a body and the other for frames are how requests are smuggled.',
    opening: { add: [['Content-Length', '5']] },
  }),
  refused({
    id: '1.21',
    title: 'head without end',
    description: 'A request with headers of 256 KiB.',
    severity: 'QUALITY',
    rule: 'RFC 9112 2.3',
    reason: 'A head must have a limit, or it is the cheapest way to fill the memory of a server.',
    opening: {
      add: Array.from({ length: 64 }, (_, index) => [`X-Filler-${index}`, 'x'.repeat(4096)] as const),
    },
    requires: [doesNotOpen],
  }),
]

const KEEPS_TO_OFFER =
  'What was not asked for must not be answered: the client has to fail the connection over it.'

const takenRequests: readonly OwnCase[] = [
  taken({
    id: '2.1',
    title: 'Connection with other tokens',
    description: 'A request with Connection: keep-alive, Upgrade.',
    opening: { replace: { Connection: 'keep-alive, Upgrade' } },
  }),
  taken({
    id: '2.2',
    title: 'upper and lower case',
    description: 'A request with Upgrade: WebSocket and Connection: UPGRADE.',
    opening: { replace: { Upgrade: 'WebSocket', Connection: 'UPGRADE' } },
    reason: 'Both values are compared without regard to case.',
  }),
  taken({
    id: '2.3',
    title: 'names in lower case',
    description: 'A request with all header names in lower case.',
    rule: 'RFC 9110 5.1',
    opening: { rewrite: (head) => head.replace(/^[A-Za-z-]+(?=:)/gm, (name) => name.toLowerCase()) },
  }),
  taken({
    id: '2.4',
    title: 'head octet by octet',
    description: 'A request of which every octet is a TCP segment.',
    chopHead: 1,
    reason: 'TCP has no messages: a head may come in any pieces.',
    rule: 'RFC 6455 4.2.1',
  }),
  taken({
    id: '2.5',
    title: 'frame behind the head',
    description: 'A request and the first text message in one TCP segment.',
    severity: 'QUALITY',
    rule: 'RFC 6455 4.1',
    withHead: maskedFrame(1, octets('early')),
    steps: [UNTIL_ECHO],
    requires: [opens, echoesText('early')],
    reason: 'What comes in one read with the head belongs to the connection; many servers lose it.',
  }),
  taken({
    id: '2.6',
    title: 'half a frame behind the head',
    description: 'A request and the first three octets of a frame in one TCP segment, the rest later.',
    severity: 'QUALITY',
    rule: 'RFC 6455 4.1',
    withHead: maskedFrame(1, octets('early')).subarray(0, 3),
    steps: [{ do: 'octets', octets: maskedFrame(1, octets('early')).subarray(3) }, UNTIL_ECHO],
    requires: [opens, echoesText('early')],
    reason: 'The cut between the head and the frames need not be where a read ends.',
  }),
  taken({
    id: '2.7',
    title: 'two messages and Close behind the head',
    description: 'A request, two text messages and a Close frame in one TCP segment.',
    severity: 'QUALITY',
    rule: 'RFC 6455 4.1',
    withHead: Buffer.concat([
      maskedFrame(1, octets('one')),
      maskedFrame(1, octets('two')),
      maskedFrame(8, Uint8Array.of(0x03, 0xe8)),
    ]),
    steps: [until({ seen: 'close' }, 1500)],
    requires: [opens, echoesText('one', 'two')],
    reason:
      'A whole conversation may come at once; the answers must not be lost because its end is there already.',
  }),
  taken({
    id: '2.8',
    title: 'sixty headers',
    description: 'A request with sixty further headers.',
    severity: 'QUALITY',
    rule: 'RFC 9112 2.3',
    opening: { add: Array.from({ length: 60 }, (_, index) => [`X-Header-${index}`, 'value'] as const) },
  }),
  taken({
    id: '2.9',
    title: 'absolute request target',
    description: 'A request whose target is a whole http URI.',
    rule: 'RFC 9112 3.2.2',
    severity: 'SHOULD',
    reason: 'A server must accept the absolute form: proxies use it.',
    opening: {
      rewrite: (head) => head.replace(/^GET (\S*)([\s\S]*?)Host: (\S+)/, 'GET http://$3$1$2Host: $3'),
    },
  }),
  taken({
    id: '2.10',
    title: 'unknown extension',
    description: 'A request that offers an extension that does not exist.',
    rule: 'RFC 6455 9.1',
    opening: { add: [['Sec-WebSocket-Extensions', 'x-no-such-extension; mode=1']] },
    reason: KEEPS_TO_OFFER,
    requires: [
      opens,
      hasHeader('Sec-WebSocket-Extensions', 'The answer agrees to no extension.', (values) =>
        values.length === 0 ? null : `agreed to ${values.join(', ')}.`,
      ),
    ],
  }),
  taken({
    id: '2.11',
    title: 'no extension offered',
    description: 'A request without any extension.',
    rule: 'RFC 6455 9.1',
    reason: KEEPS_TO_OFFER,
    requires: [opens, declinesExtension, echoesText('taken')],
  }),
  taken({
    id: '2.12',
    title: 'several tokens in Upgrade',
    description: 'A request with Upgrade: foo, websocket.',
    severity: 'QUALITY',
    opening: { replace: { Upgrade: 'foo, websocket' } },
    reason: 'The header is a list (RFC 9110 7.8); it need only contain the value.',
  }),
  taken({
    id: '2.13',
    title: 'subprotocol nobody knows',
    description: 'A request that asks for a subprotocol that does not exist.',
    rule: 'RFC 6455 4.2.2',
    opening: { add: [['Sec-WebSocket-Protocol', 'x-no-such-protocol']] },
    reason: 'A server may answer with one of those asked for or with none, never with another.',
    steps: [],
    requires: [
      hasHeader(
        'Sec-WebSocket-Protocol',
        'The answer names the subprotocol that was asked for, or none.',
        (values) =>
          values.length === 0 || (values.length === 1 && values[0] === 'x-no-such-protocol')
            ? null
            : `the subprotocol ${values.join(', ')}.`,
      ),
    ],
  }),
]

export const serverHandshake: readonly OwnCase[] = [...refusedRequests, ...takenRequests]
