/** Who is tested, in which role, by which scheme, and what must come out. */

export interface AgentUnderTest {
  readonly name: string
  readonly role: 'server' | 'client'
  readonly scheme: 'ws' | 'wss'
  /** Table of expected verdicts in `expected/`. */
  readonly expected: string
  /** Whether NON-STRICT, UNIMPLEMENTED and own SHOULD cases that the table does not name fail. */
  readonly strict: boolean
  /** Command line of the process, given the port a server is to take. */
  readonly command: (port: number) => readonly string[]
}

const ECHO = 'apps/echo-server/dist/main.js'
const CLIENT = 'tooling/conformance/src/client-main.ts'
const SERVERS = 'tooling/conformance/src/peers/servers.ts'
const QUIET = ['--log-level', 'error']

const echoServer = (scheme: 'ws' | 'wss'): AgentUnderTest => ({
  name: `hybi echo server (${scheme})`,
  role: 'server',
  scheme,
  expected: 'hybi.json',
  strict: true,
  command: (port) =>
    scheme === 'ws'
      ? [ECHO, '--no-tls', '--port', `${port}`, ...QUIET]
      : [ECHO, '--no-plain', '--tls-port', `${port}`, ...QUIET],
})

const client = (library: string, scheme: 'ws' | 'wss', expected: string): AgentUnderTest => ({
  name: `${library} client (${scheme})`,
  role: 'client',
  scheme,
  expected,
  strict: library === 'hybi',
  command: () => ['--import', 'tsx', CLIENT, library, `${library} client (${scheme})`, scheme],
})

const peerServer = (library: string): AgentUnderTest => ({
  name: library,
  role: 'server',
  scheme: 'ws',
  expected: `${library}.json`,
  strict: false,
  command: (port) => ['--import', 'tsx', SERVERS, library, `${port}`],
})

/** The project's own, which must be right. */
export const own: readonly AgentUnderTest[] = [
  echoServer('ws'),
  echoServer('wss'),
  client('hybi', 'ws', 'hybi.json'),
  client('hybi', 'wss', 'hybi.json'),
]

/** Other implementations beside them. */
export const peers: readonly AgentUnderTest[] = [
  peerServer('ws'),
  peerServer('ws-unlimited'),
  peerServer('ws-unchecked'),
  peerServer('faye-websocket'),
  peerServer('websocket'),
  client('ws', 'ws', 'ws-client.json'),
  client('undici', 'ws', 'undici-client.json'),
]
