/** HAProxy in front of a server: TLS ends at the proxy on one port, and is spoken again behind it. */
import { join } from 'node:path'
import type { ProxyKind } from './proxy.ts'

/**
 * For TCP and TLS with the server together; HAProxy tries four times and then answers 503. On a machine that gives the server a third
 * of a core, 240 busy connections make a TLS handshake take four seconds in the median and more than five in a third of all cases: with
 * 5 s here most of those were begun four times over, and given up.
 */
const CONNECT_SECONDS = 20

export const haproxy: ProxyKind = {
  configure: ({ plain, secure, target, secureTarget, cert, key, idleSeconds }, folder) => ({
    'both.pem': `${cert}\n${key}\n`,
    'haproxy.cfg': `
global
  maxconn 4096
defaults
  mode http
  timeout connect ${CONNECT_SECONDS}s
  timeout client ${idleSeconds}s
  timeout server ${idleSeconds}s
  timeout tunnel ${idleSeconds}s
  timeout client-fin 2s
frontend plain
  bind 127.0.0.1:${plain}
  default_backend plain
frontend secure
  bind 127.0.0.1:${secure} ssl crt ${join(folder, 'both.pem')}
  default_backend secure
backend plain
  server own 127.0.0.1:${target}
backend secure
  server own 127.0.0.1:${secureTarget} ssl verify none
`,
  }),
  args: (folder) => ['-db', '-f', join(folder, 'haproxy.cfg')],
}
