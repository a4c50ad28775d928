/** H.3 to H.5: responses that a client must refuse, such that it must take, and what its own request must hold (RFC 6455 4.1). */
import { encodeFrame } from '@hybi/frame'
import type { Requirement } from '../probe.ts'
import { octets, text, until, wait } from '../step.ts'
import type { OwnCase } from './own.ts'
import { abandons, echoesNothing, echoesText, hasHeader, opens } from './requirements.ts'

const client = ['client'] as const
const REFUSED = 'Responses that must be refused'
const TAKEN = 'Responses that must be accepted'
const REQUEST = "The client's request"
const CHECKED = 'The checks of 4.1 are what keeps a client from speaking WebSocket to a server that does not.'

/** The runner speaks as if all were well: a client that has taken the response echoes. */
const refused = (row: Pick<OwnCase, 'id' | 'title' | 'description'> & Partial<OwnCase>): OwnCase => ({
  section: REFUSED,
  severity: 'MUST',
  rule: 'RFC 6455 4.1',
  reason: CHECKED,
  roles: client,
  steps: [text('is anybody there?'), until({ seen: 'end' }, 1500)],
  requires: [abandons],
  closesAtEnd: false,
  patienceMs: 200,
  ...row,
})

const UNTIL_ECHO = until({ seen: 'message', count: 1 }, 1500)
const taken = (row: Pick<OwnCase, 'id' | 'title' | 'description'> & Partial<OwnCase>): OwnCase => ({
  section: TAKEN,
  severity: 'MUST',
  rule: 'RFC 6455 4.1',
  reason: 'What the grammar allows, some server or proxy sends.',
  roles: client,
  steps: [text('taken'), UNTIL_ECHO],
  requires: [echoesText('taken')],
  ...row,
})

const refusedResponses: readonly OwnCase[] = [
  refused({
    id: '3.1',
    title: 'status 200',
    description: 'The right headers with status 200.',
    opening: { status: 200, statusText: 'OK', add: [['Content-Length', '0']] },
    // An HTTP client may keep the connection for its next request.
    requires: [echoesNothing],
  }),
  refused({
    id: '3.2',
    title: 'wrong accept',
    description: 'Sec-WebSocket-Accept for another key.',
    opening: { replace: { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' } },
  }),
  refused({
    id: '3.3',
    title: 'no accept',
    description: 'A response without Sec-WebSocket-Accept.',
    opening: { without: ['Sec-WebSocket-Accept'] },
  }),
  refused({
    id: '3.4',
    title: 'accept in the wrong case',
    description: 'The right Sec-WebSocket-Accept in upper case.',
    opening: {
      rewrite: (head) =>
        head.replace(
          /(Sec-WebSocket-Accept: )(.*)/,
          (_, name: string, value: string) => name + swapCase(value),
        ),
    },
    reason: 'The value is base64: case counts.',
  }),
  refused({
    id: '3.5',
    title: 'two accepts',
    description: 'The right Sec-WebSocket-Accept and a wrong one.',
    rule: 'RFC 6455 11.3.3',
    opening: { add: [['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=']] },
  }),
  refused({
    id: '3.6',
    title: 'no Upgrade',
    description: 'A response without the Upgrade header.',
    opening: { without: ['Upgrade'] },
  }),
  refused({
    id: '3.7',
    title: 'Upgrade to something else',
    description: 'A response that upgrades to h2c.',
    opening: { replace: { Upgrade: 'h2c' } },
  }),
  refused({
    id: '3.8',
    title: 'no Connection',
    description: 'A response without the Connection header.',
    opening: { without: ['Connection'] },
  }),
  refused({
    id: '3.9',
    title: 'Connection without the token',
    description: 'A response with Connection: keep-alive alone.',
    opening: { replace: { Connection: 'keep-alive' } },
  }),
  refused({
    id: '3.10',
    title: 'subprotocol nobody asked for',
    description: 'A response that chooses a subprotocol that does not exist.',
    opening: { add: [['Sec-WebSocket-Protocol', 'x-no-such-protocol']] },
  }),
  refused({
    id: '3.11',
    title: 'extension nobody offered',
    description: 'A response that agrees to an extension that does not exist.',
    opening: { add: [['Sec-WebSocket-Extensions', 'x-no-such-extension']] },
  }),
  refused({
    id: '3.12',
    title: 'malformed extensions',
    description: 'A response whose extension header breaks the grammar.',
    rule: 'RFC 6455 9.1',
    opening: { add: [['Sec-WebSocket-Extensions', 'permessage-deflate; ; =']] },
  }),
  refused({
    id: '3.13',
    title: 'malformed header line',
    description: 'A response with a line that has no colon.',
    rule: 'RFC 9112 5',
    severity: 'SHOULD',
    opening: { rewrite: (head) => head.replace('Upgrade: websocket', 'Upgrade: websocket\r\nno colon here') },
  }),
  refused({
    id: '3.14',
    title: 'head without end',
    description: 'A response with headers of 256 KiB.',
    severity: 'QUALITY',
    rule: 'RFC 9112 2.3',
    opening: {
      add: Array.from({ length: 64 }, (_, index) => [`X-Filler-${index}`, 'x'.repeat(4096)] as const),
    },
    reason: 'A head must have a limit, or a server can fill the memory of its clients.',
  }),
]

const swapCase = (value: string): string =>
  value.replace(/[A-Za-z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )

const serverFrame = (payload: string): Uint8Array => encodeFrame({ opcode: 1 }, octets(payload))

const takenResponses: readonly OwnCase[] = [
  taken({
    id: '4.1',
    title: 'upper and lower case',
    description: 'A response with Upgrade: WebSocket and Connection: upgrade.',
    opening: { replace: { Upgrade: 'WebSocket', Connection: 'upgrade' } },
  }),
  taken({
    id: '4.2',
    title: 'Connection with other tokens',
    description: 'A response with Connection: keep-alive, Upgrade.',
    opening: { replace: { Connection: 'keep-alive, Upgrade' } },
  }),
  taken({
    id: '4.3',
    title: 'head octet by octet',
    description: 'A response of which every octet is a TCP segment.',
    chopHead: 1,
    reason: 'TCP has no messages: a head may come in any pieces.',
  }),
  taken({
    id: '4.4',
    title: 'frame behind the head',
    description: 'The response and the first text message in one TCP segment.',
    withHead: serverFrame('early'),
    steps: [UNTIL_ECHO],
    requires: [echoesText('early')],
    reason: 'A server may speak at once; many clients lose what comes in one read with the head.',
  }),
  taken({
    id: '4.5',
    title: 'half a frame behind the head',
    description: 'The response and the first octet of a frame in one TCP segment, the rest later.',
    withHead: serverFrame('early').subarray(0, 1),
    steps: [wait(50), { do: 'octets', octets: serverFrame('early').subarray(1) }, UNTIL_ECHO],
    requires: [echoesText('early')],
    reason: 'The cut between the head and the frames need not be where a read ends.',
  }),
  taken({
    id: '4.6',
    title: 'names in lower case',
    description: 'A response with all header names in lower case.',
    rule: 'RFC 9110 5.1',
    opening: { rewrite: (head) => head.replace(/^[A-Za-z-]+(?=:)/gm, (name) => name.toLowerCase()) },
  }),
]

const NO_CONTENT = 'RFC 9110 9.3.1'

const aboutRequest = (
  id: string,
  title: string,
  rule: string,
  reason: string,
  ...requirements: readonly Requirement[]
): OwnCase => ({
  id,
  section: REQUEST,
  title,
  description: 'The request of the client is looked at; the connection is then closed.',
  // 9110 9.3.1: "A client SHOULD NOT generate content in a GET request".
  severity: rule === NO_CONTENT ? 'SHOULD' : 'MUST',
  rule,
  reason,
  roles: client,
  requires: [opens, ...requirements],
})

const one =
  (test: (value: string) => boolean) =>
  (values: readonly string[]): string | null =>
    values.length === 1 && test(values[0]) ? null : `${values.length} headers: ${values.join(' | ')}.`

/** A list over one header line or several. */
const listing =
  (token: string) =>
  (values: readonly string[]): string | null =>
    values.some((value) => value.split(',').some((entry) => entry.trim().toLowerCase() === token))
      ? null
      : `${values.join(' | ') || 'no such header'}.`

const requests: readonly OwnCase[] = [
  aboutRequest(
    '5.1',
    'key of 16 octets',
    'RFC 6455 4.1',
    'The key is a nonce of 16 octets in base64, drawn anew for each connection.',
    hasHeader(
      'Sec-WebSocket-Key',
      'There is one Sec-WebSocket-Key, 16 octets in base64.',
      one((value) => /^[A-Za-z0-9+/]{22}==$/.test(value)),
    ),
  ),
  aboutRequest(
    '5.2',
    'version 13',
    'RFC 6455 4.1',
    'There is one version of the protocol.',
    hasHeader(
      'Sec-WebSocket-Version',
      'There is one Sec-WebSocket-Version, 13.',
      one((value) => value === '13'),
    ),
  ),
  aboutRequest(
    '5.3',
    'one Host',
    'RFC 6455 4.1',
    'The request is a valid HTTP request, which has one Host.',
    hasHeader(
      'Host',
      'There is one Host.',
      one((value) => value !== ''),
    ),
  ),
  aboutRequest(
    '5.4',
    'Upgrade and Connection',
    'RFC 6455 4.1',
    'Both headers are needed for proxies to treat the connection as one that changes its protocol.',
    hasHeader('Upgrade', 'Upgrade includes websocket.', listing('websocket')),
    hasHeader('Connection', 'Connection includes Upgrade.', listing('upgrade')),
  ),
  aboutRequest(
    '5.5',
    'no body',
    NO_CONTENT,
    'Octets that one side takes for a body and the other for frames are how requests are smuggled.',
    hasHeader('Content-Length', 'There is no Content-Length but 0.', (values) =>
      values.every((value) => value === '0') ? null : `a body of ${values.join(', ')} octets.`,
    ),
  ),
]

export const clientHandshake: readonly OwnCase[] = [...refusedResponses, ...takenResponses, ...requests]
