import { constants, deflateRawSync } from 'node:zlib'
import { wire } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget, type Codec, createTransform, type Inflater, zlibCodec } from '../src/index.ts'
import { pakoCodec } from './pako-codec.ts'
import {
  bytes,
  cutEvery,
  decodeAll,
  encodeAll,
  FRESH,
  noise,
  pair,
  TAKEOVER,
  text,
  zlibPayload,
} from './support.ts'

const zeros = (length: number) => zlibPayload(new Uint8Array(length))

/** zlib, with a count of the bytes that came out of it. */
function counting(): { codec: Codec; made: () => number; open: () => number } {
  let made = 0
  let open = 0
  const count = <T>(step: T): T => {
    if (step instanceof Uint8Array) made += step.length
    return step
  }
  return {
    made: () => made,
    open: () => open,
    codec: {
      ...zlibCodec,
      inflate(data, history, limit) {
        const inflated = zlibCodec.inflate(data, history, limit)
        if (typeof inflated !== 'string') made += inflated.bytes.length
        return inflated
      },
      createInflater(history): Inflater {
        const inflater = zlibCodec.createInflater(history)
        open += 1
        return {
          get unused() {
            return inflater.unused
          },
          write: (data, last) => inflater.write(data, last),
          read: async () => count(await inflater.read()),
          close() {
            open -= 1
            inflater.close()
          },
        }
      },
    },
  }
}

const PIECE = 32_768

describe('the limit of a message', () => {
  const bomb = zeros(10_000_000)
  const frames: [string, readonly Uint8Array[]][] = [
    ['one frame', [bomb]],
    ['fragments of 100 bytes', cutEvery(bomb, 100)],
    ['a text of 16 MB that all fits into one small frame', [zlibPayload(bytes('ha'.repeat(8_000_000)))]],
    ['a stored block in a fragment of its own before a bomb', [wire`00 0500 faff 48656c6c6f`, bomb]],
  ]

  it.each(frames)('holds while it inflates: %s', async (_name, list) => {
    for (const limit of [0, 1, 1_024, 100_000, 1_000_000]) {
      for (const syncSize of [0, 65_536]) {
        const { codec, made, open } = counting()
        const budget = new Budget()
        const transform = createTransform(FRESH, 'server', { codec, syncSize, budget })
        expect(await decodeAll(transform, list, { limit })).toBe('too-big')
        expect(made()).toBeLessThanOrEqual(limit + PIECE)
        expect(open()).toBe(0)
        expect(budget.used).toBe(0)
      }
    }
  })

  it.each([0, 1, 1_023, 65_536, 262_144, 262_145, 300_000])('is inclusive: %i bytes', async (size) => {
    for (const alphabet of [1, 256]) {
      const payload = zlibPayload(noise(size, alphabet))
      for (const list of [[payload], cutEvery(payload, 5_000)]) {
        expect(await decodeAll(pair().server, list, { limit: size })).toHaveLength(size)
        if (size > 0) expect(await decodeAll(pair().server, list, { limit: size - 1 })).toBe('too-big')
      }
    }
  })

  it('bounds what one call gives when the message is taken in portions', async () => {
    const { server } = pair()
    const sizes: number[] = []
    let part = bomb
    do {
      const piece = await server.decode(part, true, true, Number.POSITIVE_INFINITY, 65_536)
      sizes.push((piece as Uint8Array).length)
      part = new Uint8Array(0)
    } while (server.more)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536 + PIECE)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10_000_000)
  })

  it('counts streams that hold next to nothing', async () => {
    // 03 00 is a whole DEFLATE stream with nothing in it.
    const streams = (count: number) => Buffer.concat([...Array<Uint8Array>(count).fill(wire`0300`), wire`00`])
    expect(await decodeAll(pair().server, [streams(200)])).toHaveLength(0)
    expect(await decodeAll(pair().server, [streams(30_000)])).toBe('too-big')
    expect(await decodeAll(pair(FRESH, { syncSize: 0 }).server, [streams(200)])).toHaveLength(0)
    expect(await decodeAll(pair(FRESH, { syncSize: 0 }).server, [streams(30_000)])).toBe('too-big')
  })
})

describe('blocks with BFINAL', () => {
  const final = (plain: Uint8Array, dictionary?: Uint8Array): Uint8Array =>
    new Uint8Array(deflateRawSync(plain, dictionary === undefined ? {} : { dictionary }))
  const first = noise(1_500, 30)
  const second = noise(1_500, 30, 2)
  const both = Buffer.concat([first, second])

  const payloads: [string, Uint8Array][] = [
    ['two of them', Buffer.concat([final(first), final(second), wire`00`])],
    ['two, the second refers to the first', Buffer.concat([final(first), final(second, first), wire`00`])],
    ['one before blocks without', Buffer.concat([final(first), zlibPayload(second)])],
    [
      'blocks without before one',
      Buffer.concat([zlibPayload(first), wire`0000ffff`, final(second), wire`00`]),
    ],
    ['two, without the 00 that belongs behind the last', Buffer.concat([final(first), final(second)])],
  ]

  it('may be the last of a fragment, with nothing but the end of the message behind it', async () => {
    const payload = final(bytes('st'))
    for (const codec of [zlibCodec, pakoCodec])
      for (const syncSize of [0, 65_536])
        for (const windowBits of [10, 15])
          for (let cut = 0; cut <= payload.length; cut++) {
            const parameters = { ...FRESH, clientMaxWindowBits: windowBits }
            const { server } = pair(parameters, { syncSize, codec })
            const frames = [payload.slice(0, cut), payload.slice(cut)]
            expect(text((await decodeAll(server, frames)) as Uint8Array)).toBe('st')
          }
  })

  it.each(payloads)('may be anywhere: %s', async (_name, payload) => {
    for (const syncSize of [0, 65_536]) {
      const { server } = pair(FRESH, { syncSize })
      for (const list of [[payload], cutEvery(payload, syncSize === 0 ? 1 : 7), cutEvery(payload, 999)])
        expect(Buffer.compare((await decodeAll(server, list)) as Uint8Array, both)).toBe(0)
    }
  })

  it('do not end the context', async () => {
    const { server } = pair(TAKEOVER)
    const plain = noise(2_000, 250)
    await decodeAll(server, [Buffer.concat([final(plain), wire`00`])])
    const again = deflateRawSync(plain, { dictionary: plain, finishFlush: constants.Z_SYNC_FLUSH })
    expect(again.length).toBeLessThan(100)
    expect(Buffer.compare((await decodeAll(server, [again.subarray(0, -4)])) as Uint8Array, plain)).toBe(0)
    const third = Buffer.concat([
      final(plain.subarray(0, 1_000), plain),
      final(plain.subarray(1_000), Buffer.concat([plain, plain.subarray(0, 1_000)])),
      wire`00`,
    ])
    expect(third.length).toBeLessThan(100)
    expect(Buffer.compare((await decodeAll(server, [third])) as Uint8Array, plain)).toBe(0)
  })
})

describe('data that is no compressed message', () => {
  const payload = zlibPayload(noise(5_000, 50))

  it('is refused when it is cut short anywhere', async () => {
    for (const syncSize of [0, 65_536]) {
      const { server } = pair(FRESH, { syncSize })
      for (let length = 1; length < payload.length; length += syncSize === 0 ? 97 : 7)
        expect(await decodeAll(server, [payload.slice(0, length)])).toBe('invalid-data')
    }
  })

  it('is refused when a block with BFINAL is cut short so that what is put behind it could end it', async () => {
    for (const syncSize of [0, 65_536]) {
      for (const cut of [wire`5b7f79`, wire`dbf26a`, wire`ed`])
        expect(await decodeAll(pair(FRESH, { syncSize }).server, [cut])).toBe('invalid-data')
    }
  })

  // RFC 7692, 7.2.2: a receiver appends four octets, so one that is cut by just these is whole.
  const stored = (plain: Uint8Array, final = true): Uint8Array => {
    const size = plain.length
    return Buffer.concat([Uint8Array.of(final ? 1 : 0, size, size >> 8, ~size, ~size >> 8), plain])
  }
  const ways = [
    { syncSize: 65_536, windowBits: 15, first: 0 },
    { syncSize: 65_536, windowBits: 15, first: 3 },
    { syncSize: 65_536, windowBits: 10, first: 0 },
    { syncSize: 0, windowBits: 15, first: 0 },
    { syncSize: 0, windowBits: 15, first: 3 },
  ]

  it.each(ways)('is refused when a stored block is cut short anywhere: %o', async (way) => {
    const { syncSize, windowBits, first } = way
    const plain = bytes('The amount is 1000000000 dollars.')
    for (const codec of [zlibCodec, pakoCodec])
      for (const final of [true, false])
        for (let cut = 1; cut < plain.length; cut++) {
          const { server } = pair({ ...FRESH, clientMaxWindowBits: windowBits }, { syncSize, codec })
          const whole = stored(plain, final)
          const frames = [whole.slice(0, first), whole.slice(first, whole.length - cut)]
          expect(await decodeAll(server, frames)).toEqual(cut === 4 ? expect.any(Uint8Array) : 'invalid-data')
        }
  })

  it.each(ways)('is refused when codes of its own make text of what is put behind it: %o', async (way) => {
    const { syncSize, windowBits, first } = way
    // The first 84 octets of one block with BFINAL that zlib made.
    const cut = wire`
      6d568b521b310cfc15fd02244c9acfa103393b75ce25c041f3f51d49ab871d66e0ceb1ad95bc5ac957dbf948b7cbbfdd
      76a0465fc7f73fb7073a9f3fe9637fdaffa5863776f0c2ebe1f8fb7357a951a36d5de8f1`
    for (const before of [new Uint8Array(0), deflateRawSync(bytes('Hello'))]) {
      const payload = Buffer.concat([before, cut])
      const { server } = pair({ ...FRESH, clientMaxWindowBits: windowBits }, { syncSize })
      const frames = [payload.subarray(0, first), payload.subarray(first)]
      expect(await decodeAll(server, frames)).toBe('invalid-data')
    }
  })

  it.each(ways)('is not what ends in the octets that are put behind a payload: %o', async (way) => {
    const { syncSize, windowBits, first } = way
    const plain = Buffer.concat([bytes('Hello'), wire`0000ffff 010000ffff`])
    const { server } = pair({ ...FRESH, clientMaxWindowBits: windowBits }, { syncSize })
    for (const payload of [
      Buffer.concat([stored(plain), wire`00`]),
      stored(plain),
      Buffer.concat([stored(plain, false), wire`00`]),
      zlibPayload(plain),
    ])
      expect(await decodeAll(server, [payload.slice(0, first), payload.slice(first)])).toEqual(
        new Uint8Array(plain),
      )
  })

  it('is refused when something follows its end', async () => {
    for (const syncSize of [0, 65_536])
      expect(await decodeAll(pair(FRESH, { syncSize }).server, [Buffer.concat([payload, wire`ffff`])])).toBe(
        'invalid-data',
      )
  })

  it('never does anything but decode or fail by name', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.constantFrom(0, 65_536),
        async (junk, syncSize) => {
          const budget = new Budget()
          const { server } = pair(FRESH, { syncSize, budget })
          const got = await decodeAll(server, [junk], { limit: 10_000 })
          expect(got instanceof Uint8Array || got === 'invalid-data' || got === 'too-big').toBe(true)
          expect(budget.used).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is refused no later than with the frame that holds the bad byte', async () => {
    const { server } = pair()
    const [start, , ...rest] = cutEvery(payload, 1_000)
    expect(await server.decode(start.slice(), true, false, 1e6)).toBeInstanceOf(Uint8Array)
    const bad = rest[0].slice().fill(0xff)
    expect(await server.decode(bad, true, false, 1e6)).toEqual({ failure: 'invalid-data' })
  })
})

describe('a frame without payload', () => {
  const none = new Uint8Array(0)

  it.each([
    ['fresh contexts', FRESH],
    ['context takeover', TAKEOVER],
  ])('is an empty message and does not upset the next one: %s', async (_name, parameters) => {
    const { server, client } = pair(parameters)
    const messages = ['Hello', '', 'Hello', '', 'Hello again']
    for (const message of messages) {
      const frames = message === '' ? [none] : await encodeAll(client, [bytes(message)])
      expect(text((await decodeAll(server, frames)) as Uint8Array)).toBe(message)
    }
  })

  it.each([0, 65_536])('may stand anywhere among fragments: syncSize %i', async (syncSize) => {
    const { server } = pair(FRESH, { syncSize })
    const [one, two] = cutEvery(zlibPayload(bytes('Hello Hello')), 6)
    const orders = [
      [none, one, two],
      [one, none, none, two],
      [none, none, one, none, two, none],
    ]
    for (const frames of orders)
      expect(text((await decodeAll(server, frames)) as Uint8Array)).toBe('Hello Hello')
    expect(await decodeAll(server, [none, none, none])).toHaveLength(0)
    expect(
      text((await decodeAll(server, await encodeAll(server, [none, bytes('Hi'), none]))) as Uint8Array),
    ).toBe('Hi')
    expect(await decodeAll(server, await encodeAll(server, [none, none]))).toHaveLength(0)
  })
})

describe('what is done at once', () => {
  const isAtOnce = (result: unknown): boolean => result instanceof Uint8Array

  it.each([
    [undefined, 65_536],
    [1_000, 1_000],
  ])('is 64 KiB by default, four times of it inflated: syncSize %s', async (syncSize, size) => {
    const { server } = pair(FRESH, { syncSize })
    expect(isAtOnce(server.encode(noise(size), true))).toBe(true)
    const later = server.encode(noise(size + 1), true)
    expect(isAtOnce(later)).toBe(false)
    await later
    for (const [text, atOnce] of [
      [noise(size - 100), true],
      [noise(size + 1), false],
      [new Uint8Array(4 * size), true],
      [new Uint8Array(4 * size + 1), false],
    ] as const) {
      const plain = server.decode(zlibPayload(text), true, true, 1e6)
      expect(isAtOnce(plain)).toBe(atOnce)
      expect(await plain).toHaveLength(text.length)
    }
  })
})
