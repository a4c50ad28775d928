import { describe, expect, it } from 'vitest'
import { Budget } from '../src/index.ts'
import { FRESH, noise, pair, TAKEOVER } from './support.ts'

const EMPTY = new Uint8Array(0)
const FRAGMENT = 262_144
const FRAGMENTS = 128

describe('a message of 32 MiB that is sent and received in portions', () => {
  it.each([
    ['fresh contexts', FRESH],
    ['context takeover', TAKEOVER],
  ])('is whole, and never needs more than a few portions of memory: %s', async (_name, parameters) => {
    const budget = new Budget()
    const { server, client } = pair(parameters, { budget })
    const plain = noise(FRAGMENT, 8)
    let received = 0
    let wrong = 0
    let largest = 0
    let most = 0
    for (let i = 0; i < FRAGMENTS; i++) {
      const fin = i === FRAGMENTS - 1
      let part = (await client.encode(plain, fin)) as Uint8Array
      do {
        const piece = await server.decode(part, true, fin, Number.POSITIVE_INFINITY, 65_536)
        if (!(piece instanceof Uint8Array)) throw new Error(piece.failure)
        const from = received % FRAGMENT
        const same = Math.min(piece.length, FRAGMENT - from)
        wrong += Buffer.compare(piece.subarray(0, same), plain.subarray(from, from + same))
        wrong += Buffer.compare(piece.subarray(same), plain.subarray(0, piece.length - same))
        received += piece.length
        largest = Math.max(largest, piece.length)
        most = Math.max(most, budget.used)
        part = EMPTY
      } while (server.more)
    }
    expect(wrong).toBe(0)
    expect(received).toBe(FRAGMENT * FRAGMENTS)
    expect(largest).toBeLessThanOrEqual(65_536 + 32_768)
    expect(most).toBeLessThan(300_000)
    server.release()
    client.release()
    expect(budget.used).toBe(0)
  })
})
