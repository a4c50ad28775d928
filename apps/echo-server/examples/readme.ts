import { connect } from '@hybi/node'

// The certificate of wss:// is made at start, and nobody has signed it.
const connection = await connect('wss://127.0.0.1:9002/any/path', { tls: { rejectUnauthorized: false } })
connection.send('hello')
console.log((await connection.receive())?.text) // hello
console.log((await connection.close()).wasClean) // true
