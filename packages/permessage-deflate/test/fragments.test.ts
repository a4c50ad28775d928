/** Small fragments are inflated at once, with the same limits as everything else. */
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { Budget, createTransform, type DeflateTransform } from '../src/index.ts'
import { emptyBlocks } from './handcrafted.ts'

const LIMIT = 16_777_216
const agreed = (takeover: boolean, bits = 15) => ({
  serverNoContextTakeover: !takeover,
  clientNoContextTakeover: !takeover,
  serverMaxWindowBits: bits,
  clientMaxWindowBits: bits,
})
const records = (count: number): Uint8Array =>
  Buffer.from(Array.from({ length: count }, (_, id) => JSON.stringify({ id, square: id * id })).join())

/** Decodes fragments of `size` bytes; every answer must be there at once. */
function decodeAtOnce(decoder: DeflateTransform, payload: Uint8Array, size: number): Uint8Array {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < payload.length; at += size) {
    const fin = at + size >= payload.length
    const text = decoder.decode(payload.slice(at, at + size), true, fin, LIMIT)
    if (!(text instanceof Uint8Array)) expect.fail('it was not decoded at once')
    pieces.push(text)
  }
  return Buffer.concat(pieces)
}

async function encode(encoder: DeflateTransform, plain: Uint8Array): Promise<Uint8Array> {
  const payload = await encoder.encode(plain, true)
  return payload instanceof Uint8Array ? payload : expect.fail(payload.failure)
}

describe.each([
  ['fresh contexts', agreed(false)],
  ['context takeover', agreed(true)],
  ['a window of 9 bits', agreed(true, 9)],
])('small fragments with %s', (_, parameters) => {
  test('give their text at once, between whole messages', async () => {
    const budget = new Budget()
    const encoder = createTransform(parameters, 'client')
    const decoder = createTransform(parameters, 'server', { budget })
    for (const count of [100, 1, 2_000, 100]) {
      const plain = records(count)
      for (const size of [1, 50, 2_048]) {
        expect(decodeAtOnce(decoder, await encode(encoder, plain), size)).toEqual(Buffer.from(plain))
        const whole = await decoder.decode(await encode(encoder, plain), true, true, LIMIT)
        expect(whole instanceof Uint8Array && Buffer.compare(whole, plain)).toBe(0)
      }
    }
    decoder.release()
    expect(budget.used).toBe(0)
  })
})

describe('fragments that stand for no text', () => {
  const many = (count: number): Uint8Array => Buffer.concat(Array<Uint8Array>(count).fill(emptyBlocks))

  test.each([
    ['one large one', [many(5_000)]],
    ['many small ones', Array<Uint8Array>(500).fill(many(10))],
  ])('are read in turns, and let others have theirs: %s', async (_, fragments) => {
    const decoder = createTransform(agreed(false), 'server')
    let turns = 0
    const count = () => {
      turns += 1
      timer = setImmediate(count)
    }
    let timer = setImmediate(count)
    for (const fragment of [many(10), ...fragments])
      expect(await decoder.decode(fragment.slice(), true, false, LIMIT)).toEqual(new Uint8Array(0))
    clearImmediate(timer)
    expect(turns).toBeGreaterThan(40)
    expect(await decoder.decode(Uint8Array.of(0), true, true, LIMIT)).toEqual(new Uint8Array(0))
    decoder.release()
  })
})

describe('a fragment that stands for much text', () => {
  const bomb = new Uint8Array(1_500_000)
  const encoder = createTransform(agreed(false), 'client', { level: 9 })

  test('is a small fragment', async () => {
    expect((await encode(encoder, bomb)).length).toBeLessThan(2_048)
  })

  test('is inflated in turns, and lets others have theirs', async () => {
    const decoder = createTransform(agreed(false), 'server')
    const payload = await encode(encoder, bomb)
    let turns = 0
    const count = () => {
      turns += 1
      timer = setImmediate(count)
    }
    let timer = setImmediate(count)
    const text = await decoder.decode(payload.slice(), true, false, LIMIT)
    clearImmediate(timer)
    expect(text instanceof Uint8Array && Buffer.compare(text, bomb)).toBe(0)
    expect(turns).toBeGreaterThan(bomb.length / 65_536 / 2)
    expect(await decoder.decode(new Uint8Array(0), true, true, LIMIT)).toEqual(new Uint8Array(0))
    decoder.release()
  })

  test('takes turns where there is no setImmediate, too', async () => {
    vi.stubGlobal('setImmediate', undefined)
    try {
      const decoder = createTransform(agreed(false), 'server')
      expect(await decoder.decode(await encode(encoder, bomb), true, false, LIMIT)).toHaveProperty(
        'length',
        bomb.length,
      )
    } finally {
      vi.unstubAllGlobals()
    }
  })

  test('goes no further than the limit', async () => {
    const budget = new Budget()
    const decoder = createTransform(agreed(false), 'server', { budget })
    const payload = await encode(encoder, bomb)
    expect(await decoder.decode(payload.slice(), true, false, bomb.length - 1)).toEqual({
      failure: 'too-big',
    })
    expect(budget.used).toBe(0)
  })

  test('comes in portions to who takes it so, and holds no more of the budget for it', async () => {
    const budget = new Budget()
    const decoder = createTransform(agreed(false), 'server', { budget })
    let text = await decoder.decode(await encode(encoder, bomb), true, false, LIMIT, 20_000)
    let size = 0
    for (;;) {
      if (!(text instanceof Uint8Array)) expect.fail(text.failure)
      expect(text.length).toBeLessThan(60_000)
      size += text.length
      if (!decoder.more) break
      text = await decoder.decode(new Uint8Array(0), true, false, LIMIT, 20_000)
    }
    expect(size).toBe(bomb.length)
    expect(budget.used).toBeLessThan(100_000)
    decoder.release()
  })

  test('waits for the budget, and is left alone by a release meanwhile', async () => {
    const budget = new Budget({ bytes: 400_000 })
    const decoder = createTransform(agreed(false), 'server', { budget })
    const other = createTransform(agreed(false), 'server', { budget })
    expect(await other.decode(Uint8Array.of(0x4a), true, false, LIMIT)).toEqual(new Uint8Array(0))
    const waiting = decoder.decode(await encode(encoder, bomb), true, false, LIMIT)
    decoder.release()
    expect(await waiting).toEqual({ failure: 'internal' })
    other.release()
    expect(budget.used).toBe(0)
  })

  test('waits for it off the event loop, too', async () => {
    const budget = new Budget({ bytes: 1_000_000 })
    const payload = await encode(encoder, bomb)
    const decoders = [1, 2].map(() => createTransform(agreed(false), 'server', { budget, syncSize: 0 }))
    const waiting = decoders.map((decoder) => decoder.decode(payload.slice(), true, true, LIMIT))
    while (budget.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
    for (const decoder of decoders) decoder.release()
    expect(await Promise.all(waiting)).toEqual([{ failure: 'internal' }, { failure: 'internal' }])
    expect(budget.used).toBe(0)
  })

  test('goes on when the budget has room again', async () => {
    const budget = new Budget({ bytes: 400_000 })
    const decoder = createTransform(agreed(false), 'server', { budget })
    const text = await decoder.decode(await encode(encoder, bomb), true, false, LIMIT)
    expect(text).toHaveProperty('length', bomb.length)
    decoder.release()
    expect(budget.used).toBe(0)
  })
})

test('a large first fragment is held to its window, too', async () => {
  let state = 1
  const noise = Uint8Array.from({ length: 6_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
  const payload = deflateRawSync(Buffer.concat([noise, noise.subarray(0, 50)]), {
    finishFlush: constants.Z_SYNC_FLUSH,
    strategy: constants.Z_DEFAULT_STRATEGY,
  })
  expect(payload.length).toBeGreaterThan(2_048)
  const decoder = createTransform(agreed(false, 9), 'server')
  expect(await decoder.decode(payload, true, false, LIMIT)).toEqual({ failure: 'invalid-data' })
})

describe('small fragments', () => {
  test('that are no DEFLATE, or cut short, fail with the frame that shows it', async () => {
    const parameters = agreed(false)
    const decoder = () => createTransform(parameters, 'server')
    expect(decoder().decode(Uint8Array.of(0x07), true, false, LIMIT)).toEqual({ failure: 'invalid-data' })
    const cut = decoder()
    const payload = await encode(createTransform(parameters, 'client'), records(10))
    expect(cut.decode(payload.slice(0, 20), true, false, LIMIT)).toBeInstanceOf(Uint8Array)
    expect(cut.decode(payload.slice(20, 60), true, true, LIMIT)).toEqual({ failure: 'invalid-data' })
  })

  test('that end inside a stored block fail, although what a receiver puts behind them is stored, too', () => {
    const decoder = createTransform(agreed(false), 'server')
    expect(decoder.decode(Uint8Array.of(0, 100, 0, 155, 255), true, false, LIMIT)).toEqual(new Uint8Array(0))
    expect(decoder.decode(Uint8Array.of(0x61), true, true, LIMIT)).toEqual({ failure: 'invalid-data' })
  })

  test('may hold blocks with BFINAL, but not too many', async () => {
    const decoder = createTransform(agreed(false), 'server')
    const block = Uint8Array.of(0x4b, 0x04, 0x00)
    const three = Buffer.concat([block, block, block])
    expect(decoder.decode(three, true, false, LIMIT)).toEqual(Uint8Array.from(Buffer.from('aaa')))
    expect(decoder.decode(block.slice(), true, true, LIMIT)).toEqual(Uint8Array.from(Buffer.from('a')))
    const empty = Buffer.alloc(2_000, Uint8Array.of(0x03, 0x00))
    expect(await decoder.decode(empty, true, false, LIMIT)).toEqual({ failure: 'too-big' })
  })

  test('go to a thread when the budget has no room for them', async () => {
    const budget = new Budget({ bytes: 250_000 })
    const first = createTransform(agreed(true), 'server', { budget })
    const second = createTransform(agreed(true), 'server', { budget })
    const third = createTransform(agreed(true), 'server', { budget })
    const begin = Uint8Array.of(0x4a)
    expect(first.decode(begin.slice(), true, false, LIMIT)).toEqual(new Uint8Array(0))
    expect(second.decode(begin.slice(), true, false, LIMIT)).toEqual(new Uint8Array(0))
    const waiting = third.decode(begin.slice(), true, false, LIMIT)
    expect(waiting).toBeInstanceOf(Promise)
    first.release()
    second.release()
    expect(await waiting).toEqual(new Uint8Array(0))
    third.release()
    expect(budget.used).toBe(0)
  })
})
