import {
  checkRequest,
  checkResponse,
  createKey,
  createRequest,
  createResponse,
  encodeHead,
  encodeRefusal,
  HeadReader,
} from '@hybi/handshake'

// Client: the nonce has to be fresh and unpredictable.
const offer = { key: createKey(crypto.getRandomValues(new Uint8Array(16))), subprotocols: ['chat'] }
const sent = encodeHead(createRequest({ ...offer, url: 'ws://example.com/room?id=7' }))

// Server: give the reader what comes, in any parts, until it is no longer null.
const request = new HeadReader('request').receive(sent)
if (!request?.ok) throw new Error('answer with encodeRefusal(request.refusal)')
console.log(request.head.target) // /room?id=7

const asked = checkRequest(request.head)
if (!asked.ok) throw new Error('answer with encodeRefusal(asked.refusal)')
console.log(asked.value.host, asked.value.subprotocols) // example.com [ 'chat' ]
const answer = encodeHead(createResponse(asked.value, { subprotocol: 'chat' }))

// Client again: what is behind the head is frames already.
const response = new HeadReader('response').receive(answer)
if (!response?.ok) throw new Error('fail the connection')
const accepted = checkResponse(response.head, offer)
console.log(accepted.ok && accepted.value.subprotocol) // chat

// A request that breaks a rule gets the answer that the rule has.
const refused = checkRequest({ ...request.head, method: 'POST' })
if (refused.ok) throw new Error('it never is')
console.log(refused.refusal.status, refused.refusal.text) // 405 The method of the request MUST be GET.
console.log(encodeRefusal(refused.refusal).length > 100) // true
