/** nginx in front of a server: TLS ends at the proxy on one port, and is spoken again behind it. */
import { join } from 'node:path'
import type { ProxyKind } from './proxy.ts'

export const nginx: ProxyKind = {
  configure: ({ plain, secure, target, secureTarget, cert, key, idleSeconds }, folder) => ({
    'cert.pem': cert,
    'key.pem': key,
    'nginx.conf': `
daemon off;
pid ${join(folder, 'nginx.pid')};
error_log stderr warn;
worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${join(folder, 'body')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";
  proxy_set_header Host $host;
  proxy_read_timeout ${idleSeconds}s;
  proxy_send_timeout ${idleSeconds}s;
  server {
    listen 127.0.0.1:${plain};
    location / { proxy_pass http://127.0.0.1:${target}; }
  }
  server {
    listen 127.0.0.1:${secure} ssl;
    ssl_certificate ${join(folder, 'cert.pem')};
    ssl_certificate_key ${join(folder, 'key.pem')};
    location / { proxy_pass https://127.0.0.1:${secureTarget}; proxy_ssl_verify off; }
  }
}
`,
  }),
  args: (folder) => ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')],
}
