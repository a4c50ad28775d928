import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTransform, type PermessageDeflateOptions, zlibCodec } from '../src/index.ts'
import { pakoCodec } from './pako-codec.ts'
import {
  bytes,
  cutEvery,
  decodeAll,
  encodeAll,
  FRESH,
  noise,
  TAKEOVER,
  text,
  zlibPayload,
  zlibPlain,
} from './support.ts'

const plains = fc
  .tuple(fc.nat({ max: 70_000 }), fc.constantFrom(1, 3, 40, 256), fc.nat())
  .map(([size, alphabet, seed]) => noise(size, alphabet, seed))

describe('a codec in JavaScript', () => {
  it.each([
    ['fresh contexts', FRESH],
    ['context takeover', TAKEOVER],
    ['small windows', { ...TAKEOVER, serverMaxWindowBits: 8, clientMaxWindowBits: 9 }],
  ])('understands zlib and is understood: %s', async (_name, parameters) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plains, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(1e9, 9_000),
        fc.constantFrom(0, 65_536),
        async (messages, fragment, syncSize) => {
          const server = createTransform(parameters, 'server', { syncSize, codec: pakoCodec })
          const client = createTransform(parameters, 'client', { syncSize })
          for (const plain of messages)
            for (const [from, to] of [
              [server, client],
              [client, server],
            ]) {
              const frames = await encodeAll(from, cutEvery(plain, fragment))
              expect(Buffer.compare((await decodeAll(to, frames)) as Uint8Array, plain)).toBe(0)
            }
        },
      ),
      { numRuns: 10 },
    )
  })

  it('is bounded and refuses what zlib refuses', async () => {
    for (const syncSize of [0, 65_536]) {
      const transform = () => createTransform(FRESH, 'server', { syncSize, codec: pakoCodec })
      const bomb = zlibPayload(new Uint8Array(5_000_000))
      expect(await decodeAll(transform(), [bomb])).toBe('too-big')
      expect(await decodeAll(transform(), [bomb.slice(0, 2_000)], { limit: 1e8 })).toBe('invalid-data')
      expect(await decodeAll(transform(), [Uint8Array.of(7, 1, 2)])).toBe('invalid-data')
    }
  })

  it('works where there is no node:zlib', async () => {
    vi.stubGlobal('process', undefined)
    vi.resetModules()
    const { createTransform: create } = await import('../src/index.ts')
    const transform = create(FRESH, 'server', { codec: pakoCodec })
    const [payload] = await encodeAll(transform, [bytes('Hello')])
    expect(text((await decodeAll(transform, [payload])) as Uint8Array)).toBe('Hello')
    expect(() => create(FRESH, 'server')).toThrow('there is no node:zlib here, pass a codec')
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('node:zlib', () => {
  it('reads what was written at every level and memory level', async () => {
    const plain = noise(20_000, 30)
    for (let level = 0; level <= 9; level++)
      for (const memLevel of [1, 5, 9]) {
        const transform = createTransform(FRESH, 'server', { level, memLevel })
        const [payload] = await encodeAll(transform, [plain])
        expect(Buffer.compare(zlibPlain(payload), plain)).toBe(0)
      }
  })

  it('reports what goes wrong inside of it', async () => {
    const broken = (code: string) => Object.assign(new Error(code), { code })
    const zlib = await import('node:zlib')
    const createInflateRaw = () => {
      const stream = zlib.createInflateRaw()
      stream.write = () => stream.emit('error', broken('Z_MEM_ERROR'))
      return stream
    }
    const fake = {
      ...zlib,
      deflateRaw: (_plain: unknown, _options: unknown, done: (error: Error) => void) =>
        done(broken('Z_MEM_ERROR')),
      inflateRawSync: () => {
        throw new Error('something without a code')
      },
      createInflateRaw,
    }
    vi.stubGlobal('process', { ...process, getBuiltinModule: () => fake })
    vi.resetModules()
    const { zlibCodec: codec } = await import('../src/index.ts')
    const settings = { windowBits: 15, level: 3, memLevel: 8 }
    await expect(codec.deflateOffLoop(bytes('Hello'), settings, undefined)).rejects.toThrow('Z_MEM_ERROR')
    expect(codec.inflate(bytes('Hello'), undefined, 100)).toBe('internal')
    const inflater = codec.createInflater(undefined)
    inflater.write(bytes('Hello'), false)
    expect(await inflater.read()).toBe('internal')
  })

  it('ends a read that is under way when it is closed', async () => {
    const inflater = zlibCodec.createInflater(undefined)
    inflater.write(zlibPayload(noise(100_000)), false)
    const reading = inflater.read()
    inflater.close()
    expect(await reading).toBe('internal')
  })
})

describe('createTransform', () => {
  it.each<[PermessageDeflateOptions, string]>([
    [{ threshold: -1 }, 'threshold must be an integer from 0'],
    [{ syncSize: 0.5 }, 'syncSize must be an integer from 0'],
    [{ level: 10 }, 'level must be an integer from 0 to 9, not 10'],
    [{ memLevel: 0 }, 'memLevel must be an integer from 1 to 9, not 0'],
  ])('throws for %o', (options, message) => {
    expect(() => createTransform(FRESH, 'server', options)).toThrow(message)
  })

  it('names what makes the same payloads, for one message that goes to many', async () => {
    const same = createTransform(FRESH, 'server')
    expect(createTransform(FRESH, 'server').encoding).toBe(same.encoding)
    expect(createTransform({ ...FRESH, clientMaxWindowBits: 9 }, 'server').encoding).toBe(same.encoding)
    expect(createTransform({ ...FRESH, serverMaxWindowBits: 9 }, 'server').encoding).not.toBe(same.encoding)
    expect(createTransform(FRESH, 'server', { level: 9 }).encoding).not.toBe(same.encoding)
    expect(createTransform(TAKEOVER, 'server').encoding).toBeUndefined()
    expect(same.rsv).toBe(4)
  })
})
