import { toHex, wire } from '@hybi/test-support'
import { expect, test } from 'vitest'
import { Session } from '../src/index.ts'

test('echo', () => {
  const s = new Session({ role: 'server' })
  s.receive(wire`81 85 37fa213d 7f9f4d5158 88 82 00000000 03e8`)
  const m = s.next()
  if (m?.type !== 'message') throw new Error('no')
  expect(m.text).toBe('Hello')
  s.sendMessage(m)
  expect(s.next()).toEqual({ type: 'close', code: 1000, reason: '' })
  expect(s.takeOutput().map(toHex).join('')).toBe('810548656c6c6f880203e8')
  expect(s.outputEnded).toBe(true)
  expect(s.next()).toBe(null)
  s.receiveEnd()
  expect(s.next()).toMatchObject({
    type: 'closed',
    outcome: { code: 1000, wasClean: true, cause: 'close', initiator: 'remote' },
  })
  expect(s.next()).toBe(null)
})
