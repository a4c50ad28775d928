// TLS with client certificates: only those with a certificate of our authority get in.
//   node client-certificates.ts AUTHORITY.pem SERVER-CERT.pem SERVER-KEY.pem CLIENT-CERT.pem CLIENT-KEY.pem
import { readFileSync } from 'node:fs'
import { connect, listen } from '@hybi/node'

const [ca = '', cert = '', key = '', clientCert = '', clientKey = ''] = process.argv
  .slice(2)
  .map((path) => readFileSync(path, 'utf8'))

const server = await listen<{ name: string }>(
  { port: 0, host: '127.0.0.1', tls: { cert, key, ca, requestCert: true, rejectUnauthorized: true } },
  {
    upgrade: (request) => ({ data: { name: String(request.peerCertificate?.subject.CN) } }),
    open: (connection) => connection.send(`hello ${connection.data?.name}`),
    error: (error) => console.error(error),
  },
)

const connection = await connect(`wss://localhost:${server.port}/`, {
  tls: { ca, cert: clientCert, key: clientKey },
})
console.log((await connection.receive())?.text)
await connection.close()

const stranger = await connect(`wss://localhost:${server.port}/`, { tls: { ca } }).catch(
  (error: Error) => error,
)
console.log(
  stranger instanceof Error ? `without certificate: ${stranger.name}` : 'without certificate: let in',
)
await server.close()
