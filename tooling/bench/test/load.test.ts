import { deflateRawSync } from 'node:zlib'
import { encodeFrame, Opcode, Rsv } from '@hybi/frame'
import { expect, it } from 'vitest'
import { deflateMessage, makeBatch, plainEcho } from '../src/load/batch.ts'
import { EchoLearner } from '../src/load/learn-echo.ts'
import { makePayload } from '../src/payloads.ts'
import { type EchoScenario, scenarios } from '../src/scenarios.ts'

const echoScenario = (name: string): EchoScenario => {
  const found = scenarios.find((scenario) => scenario.name === name)
  if (found?.kind !== 'echo') throw new Error(`${name} is no echo scenario`)
  return found
}

it.each(['bytes', 'ascii', 'utf8', 'json'] as const)(
  'makes %s of the exact size, the same every time',
  (kind) => {
    for (const size of [125, 1024, 8192]) {
      expect(makePayload(kind, size, 3)).toHaveLength(size)
      expect(makePayload(kind, size, 3)).toEqual(makePayload(kind, size, 3))
      expect(makePayload(kind, size, 3)).not.toEqual(makePayload(kind, size, 4))
    }
  },
)

it('makes valid texts', () => {
  for (const kind of ['ascii', 'utf8', 'json'] as const) {
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(makePayload(kind, 1024, 0))).not.toThrow()
  }
})

it('writes half a window at a time and expects one unmasked frame for each message', () => {
  const batch = makeBatch(echoScenario('pipe16'))
  expect(batch.messages).toBe(16)
  expect(batch.output).toHaveLength(16 * (2 + 4 + 16))
  expect(plainEcho(batch)).toHaveLength(16 * (2 + 16))
})

it('cuts a message into the fragments of its scenario', () => {
  const batch = makeBatch(echoScenario('frag'))
  expect(batch.output).toHaveLength(batch.messages * (4096 + 16 * (4 + 4)))
})

it('learns a compressed echo, whatever its level, and gives its octets back', () => {
  const batch = makeBatch(echoScenario('deflate1k'))
  const echo = Buffer.concat(
    batch.payloads.map((payload) => {
      const compressed = deflateRawSync(payload, { level: 1, finishFlush: 2 }).subarray(0, -4)
      return encodeFrame({ opcode: Opcode.TEXT, rsv: Rsv.RSV1 }, compressed)
    }),
  )
  const learner = new EchoLearner(batch)
  expect(learner.receive(echo.subarray(0, 100))).toBeNull()
  expect(learner.receive(Buffer.concat([echo.subarray(100), echo.subarray(0, 7)]))).toEqual(echo)
  expect(learner.left).toBe(7)
})

it('refuses an echo that is not what was sent', () => {
  const batch = makeBatch(echoScenario('deflate1k'))
  const wrong = encodeFrame(
    { opcode: Opcode.TEXT, rsv: Rsv.RSV1 },
    deflateMessage(Buffer.from('something else')),
  )
  expect(() => new EchoLearner(batch).receive(wrong)).toThrow('echo 0 is not what was sent')
})

it('refuses an echo that is not compressed though the messages were', () => {
  const batch = makeBatch(echoScenario('deflate1k'))
  expect(() => new EchoLearner(batch).receive(plainEcho(batch))).toThrow('echo 0 is not compressed')
})
