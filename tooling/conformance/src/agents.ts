/** Who is tested, in which role, by which scheme, and what must come out. */

export interface AgentUnderTest {
  readonly name: string
  readonly role: 'server' | 'client'
  readonly scheme: 'ws' | 'wss'
  /** Table of expected verdicts in `expected/`; null: whatever comes is only reported. */
  readonly expected: string | null
  /** Pattern of cases; null: all, the own ones included. */
  readonly cases: string | null
  /** Command line of the process, given the port a server is to take. */
  readonly command: (port: number) => readonly string[]
}

const AUTOBAHN = '1.*,2.*,3.*,4.*,5.*,6.*,7.*,9.*,10.*,12.*,13.*'
const ECHO = 'apps/echo-server/dist/main.js'
const CLIENT = 'tooling/conformance/src/client-main.ts'
const SERVERS = 'tooling/conformance/src/peers/servers.ts'
const QUIET = ['--log-level', 'error']

const echoServer = (scheme: 'ws' | 'wss'): AgentUnderTest => ({
  name: `hybi echo server (${scheme})`,
  role: 'server',
  scheme,
  expected: 'hybi.json',
  cases: null,
  command: (port) =>
    scheme === 'ws'
      ? [ECHO, '--no-tls', '--port', `${port}`, ...QUIET]
      : [ECHO, '--no-plain', '--tls-port', `${port}`, ...QUIET],
})

const client = (
  library: string,
  scheme: 'ws' | 'wss',
  expected: string | null,
  cases: string | null,
): AgentUnderTest => ({
  name: `${library} client (${scheme})`,
  role: 'client',
  scheme,
  expected,
  cases,
  command: () => ['--import', 'tsx', CLIENT, library, `${library} client (${scheme})`, scheme],
})

const peerServer = (library: string, expected: string | null): AgentUnderTest => ({
  name: library,
  role: 'server',
  scheme: 'ws',
  expected,
  cases: AUTOBAHN,
  command: (port) => ['--import', 'tsx', SERVERS, library, `${port}`],
})

/** The project's own, which must be right. */
export const own: readonly AgentUnderTest[] = [
  echoServer('ws'),
  echoServer('wss'),
  client('hybi', 'ws', 'hybi.json', null),
  client('hybi', 'wss', 'hybi.json', null),
]

/** Other implementations beside them. */
export const peers: readonly AgentUnderTest[] = [
  peerServer('ws', 'ws.json'),
  peerServer('ws-unlimited', 'ws-unlimited.json'),
  peerServer('ws-unchecked', null),
  peerServer('faye-websocket', null),
  peerServer('websocket', null),
  client('ws', 'ws', null, AUTOBAHN),
  client('undici', 'ws', null, AUTOBAHN),
]
