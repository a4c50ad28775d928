/** HAProxy in front of a server: TLS ends at the proxy on one port, and is spoken again behind it. */
import { join } from 'node:path'
import type { ProxyKind } from './proxy.ts'

export const haproxy: ProxyKind = {
  configure: ({ plain, secure, target, secureTarget, cert, key, idleSeconds }, folder) => ({
    'both.pem': `${cert}\n${key}\n`,
    'haproxy.cfg': `
global
  maxconn 4096
defaults
  mode http
  timeout connect 5s
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
