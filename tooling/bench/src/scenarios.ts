/** The workloads, as data. */

export type PayloadKind = 'bytes' | 'ascii' | 'utf8' | 'json'

/** Keeps `window` messages in flight on each of `connections` connections, and refills half of it at a time. */
export interface EchoScenario {
  readonly kind: 'echo'
  readonly name: string
  readonly title: string
  readonly payload: PayloadKind
  /** Octets of one message. */
  readonly size: number
  readonly connections: number
  readonly window: number
  /** Connections that have half a window in flight at any time, taking turns; 0: all, with the whole window. */
  readonly active: number
  /** Frames of one message; more than one makes it fragmented. */
  readonly fragments: number
  readonly tls: boolean
  readonly deflate: boolean
  /** True: the server's application takes each text as a string and sends a string. */
  readonly strings: boolean
}

export interface ConnectScenario {
  readonly kind: 'connect'
  readonly name: string
  readonly title: string
  /** Connections being opened, echoed on and closed at any time. */
  readonly connections: number
  /** True: the server stands beside routes of a `node:http` server. */
  readonly attached: boolean
}

export interface BroadcastScenario {
  readonly kind: 'broadcast'
  readonly name: string
  readonly title: string
  readonly size: number
  readonly connections: number
  /** True: the first connection asks for the broadcasts; among processes that share the load, in one. */
  readonly triggers: boolean
}

export interface MemoryScenario {
  readonly kind: 'memory'
  readonly name: string
  readonly title: string
  readonly connections: number
  /** True: each connection has echoed one compressed message before it is counted. */
  readonly deflate: boolean
}

/** One of the counts of connections after the other: what a message costs must not depend on it. */
export interface ScaleScenario {
  readonly kind: 'scale'
  readonly name: string
  readonly title: string
  readonly server: string
  readonly counts: readonly number[]
  /** The count that the others are compared with. */
  readonly reference: number
  readonly load: EchoScenario
}

/** A client that keeps a window of messages in flight on each connection; what is measured is the client. */
export interface ClientScenario {
  readonly kind: 'client'
  readonly name: string
  readonly title: string
  readonly payload: PayloadKind
  readonly size: number
  readonly connections: number
  readonly window: number
}

/** The echo server with one worker and with several; what counts is messages per second. */
export interface WorkersScenario {
  readonly kind: 'workers'
  readonly name: string
  readonly title: string
  readonly counts: readonly number[]
  readonly load: EchoScenario
}

export type Scenario =
  | EchoScenario
  | ConnectScenario
  | BroadcastScenario
  | MemoryScenario
  | ScaleScenario
  | ClientScenario
  | WorkersScenario

/** What one load generator can play. */
export type PlayableScenario = EchoScenario | ConnectScenario | BroadcastScenario | MemoryScenario

const echo = (
  name: string,
  title: string,
  fields: Partial<EchoScenario> & Pick<EchoScenario, 'size' | 'connections' | 'window'>,
): EchoScenario => ({
  kind: 'echo',
  name,
  title,
  payload: 'bytes',
  active: 0,
  fragments: 1,
  tls: false,
  deflate: false,
  strings: false,
  ...fields,
})

const KIB = 1024
const MIB = 1024 * KIB

/** So many that what a process takes once, however few there are, adds little to each: V8's young generation, up to 32 MiB. */
const IDLE = 10_000

/** The same load however many connections are open: that many of them at a time, in turns. */
const scale = (
  name: string,
  server: string,
  active: number,
  fields: Pick<ScaleScenario, 'counts' | 'reference'>,
): ScaleScenario => ({
  kind: 'scale',
  name,
  title: `${server}: 1 KiB text in pairs, on ${active} at a time of so many open connections`,
  server,
  ...fields,
  load: echo(name, '', { payload: 'ascii', size: KIB, connections: 0, window: 4, active }),
})

const scaleOne = (name: string, server: string): ScaleScenario =>
  scale(name, server, 1, { counts: [1, 100, 10_000], reference: 1 })

const scaleMany = (name: string, server: string): ScaleScenario =>
  scale(name, server, 64, { counts: [64, 1000, 10_000], reference: 64 })

const client = (
  name: string,
  title: string,
  fields: Pick<ClientScenario, 'payload' | 'size' | 'connections' | 'window'>,
): ClientScenario => ({ kind: 'client', name, title, ...fields })

export const scenarios: readonly Scenario[] = [
  echo('lat16', '16 B, 1 connection, window 1', { size: 16, connections: 1, window: 1 }),
  echo('conc16', '16 B, 64 connections, window 1', { size: 16, connections: 64, window: 1 }),
  echo('pipe16', '16 B, 64 connections, window 32', { size: 16, connections: 64, window: 32 }),
  echo('text125', '125 B text, 64 × 4', { payload: 'ascii', size: 125, connections: 64, window: 4 }),
  echo('text1k', '1 KiB ASCII text, 64 × 4', { payload: 'ascii', size: KIB, connections: 64, window: 4 }),
  echo('utf8-1k', '1 KiB multi-byte text, 64 × 4', {
    payload: 'utf8',
    size: KIB,
    connections: 64,
    window: 4,
  }),
  echo('text1k-strings', '1 KiB ASCII text through strings, 64 × 4', {
    payload: 'ascii',
    size: KIB,
    connections: 64,
    window: 4,
    strings: true,
  }),
  echo('utf8-1k-strings', '1 KiB multi-byte text through strings, 64 × 4', {
    payload: 'utf8',
    size: KIB,
    connections: 64,
    window: 4,
    strings: true,
  }),
  echo('bin64k', '64 KiB binary, 16 × 2', { size: 64 * KIB, connections: 16, window: 2 }),
  echo('bin1m', '1 MiB binary, 4 × 2', { size: MIB, connections: 4, window: 2 }),
  echo('frag', '4 KiB in 16 fragments, 16 × 4', { size: 4 * KIB, connections: 16, window: 4, fragments: 16 }),
  echo('tls1k', 'wss, 1 KiB text, 32 × 4', {
    payload: 'ascii',
    size: KIB,
    connections: 32,
    window: 4,
    tls: true,
  }),
  echo('tls64k', 'wss, 64 KiB binary, 8 × 2', { size: 64 * KIB, connections: 8, window: 2, tls: true }),
  echo('deflate1k', '1 KiB text compressed, 32 × 4', {
    payload: 'json',
    size: KIB,
    connections: 32,
    window: 4,
    deflate: true,
  }),
  echo('deflate8k', '8 KiB JSON compressed, 16 × 4', {
    payload: 'json',
    size: 8 * KIB,
    connections: 16,
    window: 4,
    deflate: true,
  }),
  { kind: 'connect', name: 'connect', title: 'connect, upgrade, close', connections: 16, attached: false },
  {
    kind: 'connect',
    name: 'connect-attached',
    title: 'connect, upgrade, close; attached to node:http',
    connections: 16,
    attached: true,
  },
  {
    kind: 'broadcast',
    name: 'broadcast',
    title: '16 B to 1,000 connections',
    size: 16,
    connections: 1000,
    triggers: true,
  },
  {
    kind: 'memory',
    name: 'memory',
    title: 'memory per idle connection',
    connections: IDLE,
    deflate: false,
  },
  {
    kind: 'memory',
    name: 'memory-deflate',
    title: 'memory per idle connection after one compressed message',
    connections: IDLE,
    deflate: true,
  },
  scaleOne('scale', 'hybi'),
  scaleOne('scale-ws', 'ws'),
  scaleOne('scale-raw', 'raw'),
  scaleMany('scale64', 'hybi'),
  scaleMany('scale64-ws', 'ws'),
  scaleMany('scale64-raw', 'raw'),
  client('client-text1k', 'client: 1 KiB text, 64 × 4', {
    payload: 'ascii',
    size: KIB,
    connections: 64,
    window: 4,
  }),
  client('client-pipe16', 'client: 16 B, 64 connections, window 32', {
    payload: 'bytes',
    size: 16,
    connections: 64,
    window: 32,
  }),
  {
    kind: 'workers',
    name: 'workers',
    title: 'echo server with --workers, 8 KiB JSON compressed, 16 × 4',
    counts: [1, 2],
    load: echo('workers', '', { payload: 'json', size: 8 * KIB, connections: 16, window: 4, deflate: true }),
  },
]
