import { byteByByte } from '@hybi/test-support'
import { expect, test } from 'vitest'
import {
  acceptKey,
  checkRequest,
  checkResponse,
  createRequest,
  createResponse,
  encodeHead,
  HeadReader,
} from '../src/index.ts'

test('client and server agree', () => {
  const offer = {
    key: 'dGhlIHNhbXBsZSBub25jZQ==',
    subprotocols: ['chat', 'superchat'],
    extensions: [{ name: 'permessage-deflate', parameters: [['client_max_window_bits', null]] }],
  } as const
  expect(acceptKey(offer.key)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  const request = createRequest({ ...offer, url: 'ws://u:p@server.example.com:81/chat?x=1' })
  const reader = new HeadReader('request')
  for (const byte of byteByByte(encodeHead(request)).slice(0, -1)) expect(reader.receive(byte)).toBe(null)
  const reading = reader.receive(Uint8Array.of(10, 0x81))
  expect(reading).toEqual({ ok: true, head: request, rest: Uint8Array.of(0x81) })
  const checked = checkRequest(request)
  if (!checked.ok) throw new Error(checked.refusal.name)
  const response = createResponse(checked.value, { subprotocol: 'chat', extensions: offer.extensions })
  expect(checkResponse(response, offer)).toEqual({
    ok: true,
    value: { subprotocol: 'chat', extensions: offer.extensions },
  })
})
