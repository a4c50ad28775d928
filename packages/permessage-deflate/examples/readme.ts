import { acceptOffer, checkAnswer, createTransform, offer } from '@hybi/permessage-deflate'

// The opening handshake: the client offers, the server answers, the client checks the answer.
const offered = offer()
const accepted = acceptOffer([offered])
if (accepted === null) throw new Error('then it goes without compression')
const checked = checkAnswer(accepted.answer, offered)
if (!checked.ok) throw new Error(`fail the connection: ${checked.text}`)

// One transform for each end, which a session of @hybi/session takes as its option `transform`.
const client = createTransform(checked.parameters, 'client')
const server = createTransform(accepted.parameters, 'server')

const plain = new TextEncoder().encode('Hello, hello, hello! '.repeat(100))
const payload = await client.encode(plain, true)
if ('failure' in payload) throw new Error(payload.failure)
console.log(payload.length < plain.length / 40) // true

const received = await server.decode(payload, true, true, 1_000_000)
if ('failure' in received) throw new Error(received.failure)
console.log(new TextDecoder().decode(received.subarray(0, 13))) // Hello, hello,

// Whatever is sent, no more comes out than the limit allows.
console.log(await server.decode(payload, true, true, 1_000)) // { failure: 'too-big' }
