import { describe, expect, it } from 'vitest'
import { type Account, Budget, type Codec, createTransform, type Inflater, zlibCodec } from '../src/index.ts'
import {
  bytes,
  cutEvery,
  decodeAll,
  encodeAll,
  FRESH,
  noise,
  pair,
  TAKEOVER,
  zlibPayload,
  zlibPlain,
} from './support.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** zlib, with a count of the streams that were begun and not closed, and steps that can be held back. */
function watched() {
  const state = { open: 0, gate: Promise.resolve() }
  const codec: Codec = {
    ...zlibCodec,
    async deflateOffLoop(plain, settings, history) {
      await state.gate
      return zlibCodec.deflateOffLoop(plain, settings, history)
    },
    createInflater(history): Inflater {
      const inflater = zlibCodec.createInflater(history)
      state.open += 1
      return {
        get unused() {
          return inflater.unused
        },
        write: (data, last) => inflater.write(data, last),
        async read() {
          await state.gate
          return inflater.read()
        },
        close() {
          state.open -= 1
          inflater.close()
        },
      }
    },
  }
  return { state, codec }
}

const big = noise(400_000, 40)
const bigPayload = zlibPayload(big)

describe('a connection that is idle', () => {
  it('holds no compressor, no inflater and no budget, whatever went over it', async () => {
    const { state, codec } = watched()
    const budget = new Budget()
    const { server, client } = pair(FRESH, { codec, budget })
    for (const plain of [bytes('Hello'), big, noise(0)])
      for (const fragment of [1e9, 30_000]) {
        const frames = await encodeAll(client, cutEvery(plain, fragment))
        await decodeAll(server, frames)
        expect(state.open).toBe(0)
        expect(budget.used).toBe(0)
      }
  })

  it('holds one window of text for each direction with context takeover, until it is released', async () => {
    const budget = new Budget()
    const { server, client } = pair({ ...TAKEOVER, clientMaxWindowBits: 10 }, { budget })
    for (const plain of [bytes('Hello'), big]) {
      await decodeAll(server, await encodeAll(client, [plain]))
      await decodeAll(client, await encodeAll(server, [plain]))
      expect(budget.used).toBe(2 * 2 ** 10 + 2 * 2 ** 15)
    }
    server.release()
    client.release()
    expect(budget.used).toBe(0)
  })
})

describe('release', () => {
  it('closes an inflater that waits for the next fragment', async () => {
    const { state, codec } = watched()
    const budget = new Budget()
    const { server } = pair(FRESH, { codec, budget })
    await server.decode(bigPayload.slice(0, 100_000), true, false, 1e6)
    expect(state.open).toBe(1)
    expect(budget.used).toBeGreaterThan(100_000)
    server.release()
    expect(state.open).toBe(0)
    expect(budget.used).toBe(0)
  })

  it.each([
    ['fresh contexts', FRESH],
    ['context takeover', TAKEOVER],
  ])('ends work that is under way, with nothing left: %s', async (_name, parameters) => {
    const { state, codec } = watched()
    const budget = new Budget()
    let open: (() => void) | undefined
    for (const wait of [0, 1, 2]) {
      state.gate = new Promise((resolve) => {
        open = resolve
      })
      const { server } = pair(parameters, { codec, budget })
      const decoding = server.decode(bigPayload.slice(), true, true, 1e6)
      const encoding = server.encode(big, true)
      for (let turn = 0; turn < wait; turn++) await settled()
      server.release()
      open?.()
      expect(await decoding).toEqual({ failure: 'internal' })
      if (parameters === TAKEOVER) expect(await encoding).toEqual({ failure: 'internal' })
      else expect(Buffer.compare(zlibPlain((await encoding) as Uint8Array), big)).toBe(0)
      expect(state.open).toBe(0)
      expect(budget.used).toBe(0)
      expect(budget.waiting).toBe(0)
    }
  })

  it('lets a payload be finished that other connections share', async () => {
    const budget = new Budget()
    const { server } = pair(FRESH, { budget })
    const payload = server.encode(big, true)
    expect(payload).toBeInstanceOf(Promise)
    server.release()
    expect(Buffer.compare(zlibPlain((await payload) as Uint8Array), big)).toBe(0)
    expect(budget.used).toBe(0)
  })

  it.each([
    ['fresh contexts', FRESH],
    ['context takeover', TAKEOVER],
  ])('leaves nothing held, whatever is asked for afterwards: %s', async (_name, parameters) => {
    const budget = new Budget()
    const { server } = pair(parameters, { budget })
    server.release()
    for (const plain of [bytes('Hello'), big]) {
      server.wants(plain.length, false)
      const first = await server.encode(plain, false)
      const last = await server.encode(plain, true)
      if (parameters === TAKEOVER) expect([first, last]).toEqual(Array(2).fill({ failure: 'internal' }))
      else expect(zlibPlain(last as Uint8Array)).toHaveLength(plain.length)
    }
    for (const payload of [zlibPayload(bytes('Hello')), bigPayload.slice(0, 100), bigPayload])
      for (const fin of [false, true])
        expect(await server.decode(payload.slice(), true, fin, 1e6)).toEqual({ failure: 'internal' })
    expect(budget.used).toBe(0)
    expect(budget.waiting).toBe(0)
  })

  it('ends waiting for the budget in the middle of a message', async () => {
    const budget = new Budget({ bytes: 300_000 })
    const attackers = [pair(FRESH, { budget }), pair(FRESH, { budget })].map(({ server }) => server)
    const results = attackers.map((server) => server.decode(bigPayload.slice(), true, true, 1e6))
    // The first goes on beyond the budget and ends; until then the second waits.
    while (budget.waiting === 0) await settled()
    attackers[1].release()
    expect(await results[1]).toEqual({ failure: 'internal' })
    expect(await results[0]).toHaveLength(400_000)
    expect(budget.used).toBe(0)
  })

  it('ends waiting for the budget between two pieces', async () => {
    const budget = new Budget({ bytes: 700_000 })
    const [one, two, three] = [1, 2, 3].map(() => pair(FRESH, { budget }).server)
    const zeros = zlibPayload(new Uint8Array(900_000))
    // All three hold a stream; one of them may go on beyond the budget, and stays there without its end.
    await Promise.all([one, two, three].map((server) => server.decode(zeros.slice(0, 20), true, false, 1e6)))
    await one.decode(zeros.slice(20, 900), true, false, 1e6)
    const waiting = [two, three].map((server) => server.decode(zeros.slice(20, 900), true, false, 1e6))
    while (budget.waiting < 2) await settled()
    two.release()
    three.release()
    for (const result of waiting) expect(await result).toEqual({ failure: 'internal' })
    one.release()
    expect(budget.used).toBe(0)
  })

  it('ends waiting for the budget', async () => {
    const budget = new Budget({ bytes: 1 })
    const other = budget.open()
    await other.take(1)
    const { server } = pair(TAKEOVER, { budget })
    const whole = server.decode(zlibPayload(bytes('Hello')), true, true, 1e6)
    const sent = server.encode(bytes('Hello'), true)
    const { client } = pair(FRESH, { budget })
    const fragment = client.decode(bigPayload.slice(), true, false, 1e6)
    await settled()
    expect(budget.waiting).toBe(3)
    server.release()
    client.release()
    for (const result of [whole, sent, fragment]) expect(await result).toEqual({ failure: 'internal' })
    expect(budget.waiting).toBe(0)
    other.close()
    expect(budget.used).toBe(0)
  })
})

describe('a process whose budget is used up', () => {
  it('inflates small messages all the same, and lets fragmented ones wait their turn', async () => {
    const budget = new Budget({ bytes: 1_000 })
    const other = budget.open()
    await other.take(1_000)
    const { server } = pair(FRESH, { budget })
    expect(await decodeAll(server, [zlibPayload(bytes('Hello'))])).toEqual(bytes('Hello'))
    const finished: string[] = []
    const all = ['first', 'second', 'third'].map(async (name) => {
      const { client } = pair(FRESH, { budget })
      const plain = await decodeAll(client, cutEvery(bigPayload, 50_000))
      finished.push(name)
      return Buffer.compare(plain as Uint8Array, big)
    })
    await settled()
    expect(budget.waiting).toBe(3)
    other.close()
    expect(await Promise.all(all)).toEqual([0, 0, 0])
    expect(finished).toEqual(['first', 'second', 'third'])
    expect(budget.used).toBe(0)
  })

  it('sends messages as they are where a context would be needed, or waits when told to compress', async () => {
    const budget = new Budget({ bytes: 40_000 })
    const other = budget.open()
    await other.take(20_000)
    const { server } = pair(TAKEOVER, { budget })
    expect(server.wants(5_000, false)).toBe(false)
    const waiting = server.encode(bytes('Hello'), true)
    expect(waiting).toBeInstanceOf(Promise)
    other.close()
    expect(await waiting).toBeInstanceOf(Uint8Array)
    expect(server.wants(5_000, false)).toBe(true)
    expect(server.wants(1_023, false)).toBe(false)
    expect(server.wants(1_024, false)).toBe(true)
  })

  it('lets a small whole message wait for its context, and then for no more', async () => {
    const budget = new Budget({ bytes: 40_000 })
    const other = budget.open()
    await other.take(40_000)
    const { server } = pair(TAKEOVER, { budget })
    const received = server.decode(zlibPayload(bytes('Hello')), true, true, 1e6)
    expect(budget.waiting).toBe(1)
    // There is room for a context, and for nothing else.
    other.give(33_000)
    expect(new Uint8Array((await received) as Uint8Array)).toEqual(bytes('Hello'))
    server.release()
    other.close()
    expect(budget.used).toBe(0)
  })

  it('lets messages end while a connection waits for its second context', async () => {
    const budget = new Budget({ bytes: 600_000 })
    const begun = pair(FRESH, { budget }).server
    expect(await begun.decode(bigPayload.slice(0, 100_000), true, false, 1e6)).toBeInstanceOf(Uint8Array)
    const idle = pair(TAKEOVER, { budget }).server
    await idle.encode(bytes('Hello'), true)
    while (budget.used + 2 ** 15 <= budget.bytes) {
      const { server } = pair(TAKEOVER, { budget })
      await server.encode(bytes('Hello'), true)
    }
    const waits = idle.decode(zlibPayload(bytes('Hello')), true, true, 1e6)
    expect(budget.waiting).toBeGreaterThan(0)
    expect(await begun.decode(bigPayload.slice(100_000), true, true, 1e6)).toBeInstanceOf(Uint8Array)
    expect(new Uint8Array((await waits) as Uint8Array)).toEqual(bytes('Hello'))
  })

  it('pays for text three times while it is handed over, and once until its message ends', async () => {
    let most = 0
    class Watched extends Budget {
      override takeNow(account: Account, bytes: number): boolean {
        const taken = super.takeNow(account, bytes)
        most = Math.max(most, this.used)
        return taken
      }
    }
    const budget = new Watched({ bytes: 4_000_000 })
    const { server } = pair(FRESH, { budget })
    const [first, ...others] = cutEvery(zlibPayload(new Uint8Array(600_000)), 400)
    const plain = await server.decode(first, true, others.length === 0, 2_000_000)
    const { length } = plain as Uint8Array
    expect(length).toBeGreaterThan(300_000)
    expect(most).toBeGreaterThan(3 * length)
    expect(budget.used).toBeGreaterThanOrEqual(length)
    expect(budget.used).toBeLessThan(length + 250_000)
    server.release()
    expect(budget.used).toBe(0)
  })

  it('inflates many bombs at once within it', async () => {
    const budget = new Budget({ bytes: 4_000_000 })
    const bomb = cutEvery(zlibPayload(new Uint8Array(3_000_000)), 500)
    let most = 0
    const attacks = Array.from({ length: 40 }, async () => {
      const { server } = pair(FRESH, { budget })
      for (const [at, frame] of bomb.entries()) {
        const plain = await server.decode(frame.slice(), true, at === bomb.length - 1, 2_000_000)
        most = Math.max(most, budget.used)
        if (!(plain instanceof Uint8Array)) return plain.failure
      }
      return 'none'
    })
    expect(new Set(await Promise.all(attacks))).toEqual(new Set(['too-big']))
    // The budget, and the one message that may go on beyond it.
    expect(most).toBeLessThan(4_000_000 + 2_000_000 + 200_000)
    expect(budget.used).toBe(0)
  })
})

describe('messages that are begun and not ended', () => {
  // Inflated fragment by fragment, and through a stream.
  it.each([
    ['small', 500],
    ['large', 90_000],
  ])('give their bytes up for those who wait for them (%s fragments)', async (_, size) => {
    const budget = new Budget({ bytes: 250_000, patienceMs: 20 })
    const { server: stalled } = pair(FRESH, { budget })
    const { server: honest } = pair(FRESH, { budget })
    let gaveUp = 0
    expect(stalled.gaveUp).toBe(null)
    stalled.gaveUp = () => {
      gaveUp += 1
    }
    const begun = zlibPayload(noise(600_000)).slice(0, size)
    expect(await stalled.decode(begun, true, false, 2_000_000)).toBeInstanceOf(Uint8Array)
    expect(budget.used).toBeGreaterThan(0)
    expect(await decodeAll(honest, cutEvery(bigPayload, 90_000))).toEqual(expect.any(Uint8Array))
    expect(gaveUp).toBe(1)
    expect(budget.used).toBe(0)
    expect(stalled.decode(Uint8Array.of(0), true, true, 2_000_000)).toEqual({ failure: 'too-big' })
    stalled.release()
    expect(budget.used).toBe(0)
  })
})

describe('a codec that breaks down', () => {
  const broken: Codec = {
    ...zlibCodec,
    deflate() {
      throw new Error('no memory')
    },
    inflate: () => 'internal',
    createInflater: (): Inflater => ({
      unused: 0,
      write: () => undefined,
      read: async () => 'internal',
      close: () => undefined,
    }),
  }

  it('fails the message by name', async () => {
    const budget = new Budget()
    const transform = createTransform(FRESH, 'server', { codec: broken, budget })
    expect(transform.encode(bytes('Hello'), true)).toEqual({ failure: 'internal' })
    expect(await decodeAll(transform, [zlibPayload(bytes('Hello'))])).toBe('internal')
    expect(await decodeAll(transform, cutEvery(bigPayload, 90_000))).toBe('internal')
    expect(budget.used).toBe(0)
  })
})
