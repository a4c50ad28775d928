import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Parameters } from '../src/index.ts'
import { cutEvery, decodeAll, encodeAll, noise, pair, zlibPayload, zlibPlain } from './support.ts'

const parameters: fc.Arbitrary<Parameters> = fc.record({
  serverNoContextTakeover: fc.boolean(),
  clientNoContextTakeover: fc.boolean(),
  serverMaxWindowBits: fc.integer({ min: 8, max: 15 }),
  clientMaxWindowBits: fc.integer({ min: 8, max: 15 }),
})

const messages = fc.array(
  fc.record({
    size: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 70_000 })),
    alphabet: fc.constantFrom(1, 2, 10, 64, 256),
    seed: fc.nat(),
    fragment: fc.constantFrom(1_000, 16_384, 1e9),
    part: fc.constantFrom(700, 20_000, 1e9),
  }),
  { minLength: 1, maxLength: 4 },
)

describe('a message that went through two transforms', () => {
  it('is the same, with every agreement, in both directions, in any fragments and parts', async () => {
    await fc.assert(
      fc.asyncProperty(
        parameters,
        messages,
        fc.boolean(),
        fc.constantFrom(0, 500, 65_536),
        async (agreed, list, up, syncSize) => {
          const { server, client } = pair(agreed, { syncSize })
          const [from, to] = up ? [client, server] : [server, client]
          for (const { size, alphabet, seed, fragment, part } of list) {
            const plain = noise(size, alphabet, seed)
            const frames = await encodeAll(from, cutEvery(plain, fragment))
            const got = await decodeAll(to, frames, { parts: (frame) => cutEvery(frame, part) })
            expect(Buffer.compare(got as Uint8Array, plain)).toBe(0)
          }
          server.release()
          client.release()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is the same when it came in portions', async () => {
    const { server, client } = pair()
    const plain = noise(700_000, 2)
    const [payload] = await encodeAll(client, [plain])
    const pieces: Uint8Array[] = []
    let part = payload
    do {
      const piece = (await server.decode(part, true, true, 1e9, 10_000)) as Uint8Array
      expect(piece.length).toBeLessThan(10_000 + 32_769)
      pieces.push(piece)
      part = new Uint8Array(0)
    } while (server.more)
    expect(Buffer.compare(Buffer.concat(pieces), plain)).toBe(0)
  })
})

describe('zlib on the other side', () => {
  const sizes = [0, 1, 2, 5, 124, 1_023, 1_024, 4_096, 32_767, 32_768, 65_535, 65_536, 70_000, 300_000]
  const kinds = sizes.flatMap((size) => [1, 16, 256].map((alphabet) => ({ size, alphabet })))

  it.each(kinds)('reads what was written: $size bytes of $alphabet kinds', async ({ size, alphabet }) => {
    const plain = noise(size, alphabet)
    for (const windowBits of [8, 9, 12, 15]) {
      const { server } = pair({
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: windowBits,
        clientMaxWindowBits: 15,
      })
      const frames = await encodeAll(server, cutEvery(plain, 50_000))
      expect(Buffer.compare(zlibPlain(Buffer.concat(frames), windowBits), plain)).toBe(0)
    }
  })

  it.each(kinds)('writes what is read: $size bytes of $alphabet kinds', async ({ size, alphabet }) => {
    const plain = noise(size, alphabet)
    const { server } = pair()
    const got = await decodeAll(server, [zlibPayload(plain)])
    expect(Buffer.compare(got as Uint8Array, plain)).toBe(0)
  })
})
