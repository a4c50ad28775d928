import { Session } from '@hybi/session'

// The bytes of a client: "Hello" as in RFC 6455, 5.7, a Ping, and Close 1000; all of them in one chunk.
const input = Uint8Array.from([
  0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x89, 0x80, 0, 0, 0, 0, 0x88, 0x82, 0, 0,
  0, 0, 0x03, 0xe8,
])

const session = new Session({ role: 'server' })
session.receive(input)
const seen: string[] = []
for (let event = session.next(); event !== null; event = session.next()) {
  seen.push(event.type)
  if (event.type === 'message') session.sendMessage(event)
}
console.log(seen.join(', ')) // message, ping, close

// One write for all of it: the echo, the Pong and the answer to the Close.
const output = session.takeOutput().flatMap((piece) => [...piece])
console.log(output.map((octet) => octet.toString(16)).join(' ')) // 81 5 48 65 6c 6c 6f 8a 0 88 2 3 e8

// The server ends its side first. When the client has done so too, the last event tells how it went.
console.log(session.outputEnded) // true
session.receiveEnd()
const last = session.next()
console.log(last?.type === 'closed' && last.outcome.wasClean) // true
