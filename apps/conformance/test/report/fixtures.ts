/** Records of cases as a run would make them, without running anything. */
import { toHex } from '@hybi/test-support'
import type { CaseRecord, FrameEntry, LogEntry } from '../../src/record.ts'
import type { RunHeader } from '../../src/report/model.ts'
import type { CaseDefinition } from '../../src/suite.ts'

/** The head of a run. */
export const makeHeader = (overrides: Partial<RunHeader> = {}): RunHeader => ({
  agent: 'echo 1.0',
  role: 'server',
  target: 'ws://127.0.0.1:9001',
  profile: 'full',
  selected: 3,
  started: '2026-01-02T03:04:05.678Z',
  version: '0.1.0',
  ...overrides,
})

/** A case of the catalogue. */
export const makeDefinition = (overrides: Partial<CaseDefinition> = {}): CaseDefinition => ({
  id: '1.1.2',
  number: 2,
  category: 'Framing',
  section: 'Text messages',
  title: 'text message of 125 octets',
  description: 'One text frame with 125 octets of payload.',
  expectation: 'The same message comes back.',
  severity: 'MUST',
  roles: ['server', 'client'],
  autobahn: true,
  reason: '',
  rule: '',
  heavy: false,
  ...overrides,
})

/** A whole frame of the log. */
export const makeFrame = (overrides: Partial<FrameEntry> = {}): FrameEntry => ({
  kind: 'frame',
  at: 1.25,
  direction: 'sent',
  opcode: 1,
  fin: true,
  rsv: 0,
  masked: true,
  maskingKey: '37fa213d',
  length: 5,
  lengthBytes: 0,
  headerHex: '818537fa213d',
  payload: 'Hello',
  payloadHex: toHex(Buffer.from('Hello')),
  complete: true,
  ...overrides,
})

/** What a short echo looks like on the wire. */
export const echoLog: readonly LogEntry[] = [
  { kind: 'transport', at: 0, direction: 'sent', event: 'connected' },
  makeFrame({ at: 1.25 }),
  { kind: 'octets', at: 1.251, direction: 'sent', length: 11, hex: '818537fa213d7f9f4d5158' },
  { kind: 'timer', at: 1.3, timer: 'kill', event: 'armed', delayMs: 1000 },
  { kind: 'octets', at: 2.402, direction: 'received', length: 7, hex: '810548656c6c6f' },
  makeFrame({ at: 2.402, direction: 'received', masked: false, maskingKey: null, headerHex: '8105' }),
  makeFrame({
    at: 2.6,
    opcode: 8,
    length: 2,
    headerHex: '888201020304',
    maskingKey: '01020304',
    payload: '0x03e8',
    payloadHex: '03e8',
    close: { code: 1000, reason: '' },
  }),
  { kind: 'octets', at: 2.61, direction: 'sent', length: 8, hex: '88820102030402ea' },
  { kind: 'octets', at: 3.1, direction: 'received', length: 4, hex: '880203e8' },
  makeFrame({
    at: 3.1,
    direction: 'received',
    opcode: 8,
    length: 2,
    headerHex: '8802',
    masked: false,
    maskingKey: null,
    payload: '0x03e8',
    payloadHex: '03e8',
    close: { code: 1000, reason: '' },
  }),
  { kind: 'transport', at: 3.2, direction: 'received', event: 'fin' },
  { kind: 'transport', at: 3.3, direction: 'sent', event: 'fin' },
]

/** The record of a case that passed. */
export const makeRecord = (overrides: Partial<CaseRecord> = {}): CaseRecord => ({
  id: '1.1.2',
  case: 2,
  agent: 'echo 1.0',
  description: 'One text frame with 125 octets of payload.',
  expectation: 'The same message comes back.',
  started: '2026-01-02T03:04:05.678Z',
  duration: 4,
  reportTime: false,
  reportCompressionRatio: false,
  behavior: 'OK',
  behaviorClose: 'OK',
  result: 'The events are those of an accepted outcome.',
  resultClose: 'The connection ended as required.',
  expected: { OK: [['message', 'Hello', false]] },
  received: [['message', 'Hello', false]],
  expectedClose: { closedByMe: true, closeCode: [1000], requireClean: true },
  closedByMe: true,
  failedByMe: false,
  droppedByMe: false,
  wasClean: true,
  wasNotCleanReason: null,
  wasServerConnectionDropTimeout: false,
  wasOpenHandshakeTimeout: false,
  wasCloseHandshakeTimeout: false,
  localCloseCode: 1000,
  localCloseReason: null,
  remoteCloseCode: 1000,
  remoteCloseReason: null,
  isServer: false,
  createStats: true,
  rxOctetStats: { '4': 1, '7': 1, '129': 1 },
  txOctetStats: { '8': 1, '11': 1, '180': 1 },
  rxFrameStats: { '1': 1, '8': 1 },
  txFrameStats: { '1': 1, '8': 1 },
  createWirelog: true,
  trafficStats: null,
  httpRequest:
    'GET / HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13',
  httpResponse:
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  title: 'text message of 125 octets',
  category: 'Framing',
  section: 'Text messages',
  autobahn: true,
  role: 'server',
  secure: false,
  severity: 'MUST',
  reason: '',
  rule: '',
  requirements: [],
  log: echoLog,
  ending: {
    first: 'peer',
    finReceivedAt: 3.2,
    finSentAt: 3.3,
    resetAt: null,
    closeNotify: null,
    closeFrameReceivedAt: 3.1,
    closeFrameSentAt: 2.6,
    octetsAfterClose: 0,
    withoutCloseFrame: false,
  },
  loopLagMs: 0.4,
  reducedTo: null,
  ...overrides,
})

/** The record of an own case. */
export const makeOwnRecord = (overrides: Partial<CaseRecord> = {}): CaseRecord =>
  makeRecord({
    id: 'H.1.1',
    title: 'a key that is not base64',
    category: 'Opening handshake',
    section: 'Sec-WebSocket-Key',
    autobahn: false,
    severity: 'MUST',
    reason: 'A key is sixteen octets in base64; anything else was not made by a WebSocket client.',
    rule: 'RFC 6455 4.2.1',
    requirements: [{ holds: true, requirement: 'The answer is 400.', observed: '' }],
    ...overrides,
  })

/** A record of a definition, for reports of whole suites. */
export const recordOf = (definition: CaseDefinition, overrides: Partial<CaseRecord> = {}): CaseRecord =>
  makeRecord({
    id: definition.id,
    case: definition.number,
    title: definition.title,
    category: definition.category,
    section: definition.section,
    description: definition.description,
    expectation: definition.expectation,
    autobahn: definition.autobahn,
    severity: definition.severity,
    reason: definition.reason,
    rule: definition.rule,
    ...overrides,
  })
