/** Every fuzzer is content with what is right, and finds a mistake that is put in on purpose. */
import { type DeflateSettings, zlibCodec } from '@hybi/permessage-deflate'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Fuzzer } from '../src/fuzzer.ts'

/** Enough for the mistakes below. */
const MOST_INPUTS = 4000

async function load(name: string): Promise<Fuzzer> {
  const { fuzzers } = await import('../src/fuzzers/all.ts')
  const fuzzer = fuzzers.find((own) => own.name === name)
  if (fuzzer === undefined) throw new Error(`there is no fuzzer ${name}`)
  return fuzzer
}

/** The first fault that is found, or null. */
async function hunt(fuzzer: Fuzzer, inputs: number): Promise<string | null> {
  for (let index = 0; index < inputs; index++) {
    const find = await fuzzer.run(1, index)
    if (find !== null) return find.fault
  }
  return null
}

const { fuzzers } = await import('../src/fuzzers/all.ts')

test.each(fuzzers.map(({ name }) => [name]))('%s is content with what is right', async (name) => {
  expect(await hunt(await load(name), 100)).toBeNull()
})

type Module = Record<string, unknown>
type Mutant = readonly [mistake: string, fuzzer: string, path: string, mutate: (original: Module) => Module]

const call = (value: unknown, ...args: readonly unknown[]): unknown => {
  if (typeof value !== 'function') throw new TypeError('not a function')
  return value(...args)
}

/** A function of a module that does something else when a condition holds. */
const patch =
  (name: string, change: (result: unknown, ...args: readonly unknown[]) => unknown) =>
  (original: Module): Module => ({
    ...original,
    [name]: (...args: readonly unknown[]) => change(call(original[name], ...args), ...args),
  })

const nameOf = (row: unknown): unknown =>
  typeof row === 'object' && row !== null && 'name' in row ? row.name : undefined
const ignoring =
  (name: string) =>
  (result: unknown): unknown =>
    nameOf(result) === name ? null : result

const rules = '../../../packages/session/src/rules.ts'
const mutants: readonly Mutant[] = [
  ['takes every text', 'utf8', '../../../packages/utf8/src/is-utf8.ts', patch('isUtf8', () => true)],
  ['takes any RSV bits', 'session', rules, patch('checkFrameHeader', ignoring('reserved bits set'))],
  ['takes long lengths', 'session', rules, patch('checkFrameHeader', ignoring('payload length not minimal'))],
  ['takes unmasked frames', 'versus-ws', rules, patch('checkFrameHeader', ignoring('unmasked frame'))],
  ['takes masked frames', 'versus-undici', rules, patch('checkFrameHeader', ignoring('masked frame'))],
  [
    'takes reserved status codes',
    'session',
    '../../../packages/session/src/close-codes.ts',
    patch('isCloseCodeAllowed', () => true),
  ],
  [
    'forgets the last octet of a mask',
    'frame-writer',
    '../../../packages/frame/src/mask.ts',
    (original) => ({
      ...original,
      maskInto: (...args: readonly unknown[]) => {
        const [source, start, end, ...rest] = args
        call(original.maskInto, source, start, Number(end) > 8 ? Number(end) - 1 : end, ...rest)
      },
    }),
  ],
  ...['frame-reader', 'session-pair'].map(
    (fuzzer): Mutant => [
      'unmasks from the wrong octet on',
      fuzzer,
      '../../../packages/frame/src/mask.ts',
      (original) => ({
        ...original,
        maskInPlace: (...args: readonly unknown[]) => call(original.maskInPlace, ...args.slice(0, 4)),
      }),
    ],
  ),
  [
    'sends frames after the Close',
    'session-commands',
    '../../../packages/session/src/states.ts',
    patch('sendsClose', (result, from, to) => result === true || (from === 'closing' && to === 'complete')),
  ],
  [
    'believes a declared length',
    'session-memory',
    '../../../packages/session/src/assembly.ts',
    ({ Assembly, ...others }) => {
      if (typeof Assembly !== 'function') throw new TypeError('there is no Assembly')
      const construct = (target: typeof Assembly, args: unknown[]): object => {
        const assembly: object = Reflect.construct(target, args)
        const adopt: unknown = Reflect.get(assembly, 'adopt')
        const believe = (...part: readonly unknown[]): unknown => {
          if (typeof adopt !== 'function') throw new TypeError('it adopts nothing')
          const memory = new Uint8Array(Number(part[3]))
          return Reflect.apply(adopt, Object.assign(assembly, { memory }), part)
        }
        return Object.assign(assembly, { adopt: believe })
      }
      return { ...others, Assembly: new Proxy(Assembly, { construct }) }
    },
  ],
  [
    'takes any key',
    'request-head',
    '../../../packages/handshake/src/accept-key.ts',
    patch('isKey', () => true),
  ],
  [
    'takes any answer to its key',
    'response-head',
    '../../../packages/handshake/src/grammar.ts',
    patch('trimWhitespace', (result) =>
      typeof result === 'string' && result.length === 28 ? 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' : result,
    ),
  ],
  [
    'takes any window bits',
    'extensions',
    '../../../packages/permessage-deflate/src/parameters.ts',
    patch('parseParameters', (result) =>
      typeof result === 'object' &&
      result !== null &&
      'failure' in result &&
      result.failure === 'illegal-value'
        ? { serverNoContextTakeover: false, clientNoContextTakeover: false }
        : result,
    ),
  ],
  ...['deflate-whole', 'deflate-parts'].map(
    (fuzzer): Mutant => [
      'takes every window for the largest',
      fuzzer,
      '../../../packages/permessage-deflate/src/inflate-stream.ts',
      ({ InflateStream, ...others }) => {
        if (typeof InflateStream !== 'function') throw new TypeError('there is no InflateStream')
        const construct = (target: typeof InflateStream, [_windowBits, history]: unknown[]): object =>
          Reflect.construct(target, [15, history])
        return { ...others, InflateStream: new Proxy(InflateStream, { construct }) }
      },
    ],
  ),
  [
    'refers to what is outside the window',
    'deflate-round-trip',
    '../../../packages/permessage-deflate/src/zlib-codec.ts',
    patch('defaultCodec', () => ({
      ...zlibCodec,
      deflate: (plain: Uint8Array, settings: DeflateSettings, history: Uint8Array | undefined) =>
        zlibCodec.deflate(plain, { ...settings, windowBits: 15 }, history),
    })),
  ],
]

describe('a mistake is found', () => {
  afterEach(() => {
    vi.resetModules()
  })

  test.each(mutants)('that %s, by %s', async (_mistake, name, path, mutate) => {
    vi.resetModules()
    vi.doMock(path, async (importOriginal) => mutate(await importOriginal()))
    try {
      expect(await hunt(await load(name), MOST_INPUTS)).not.toBeNull()
    } finally {
      vi.doUnmock(path)
    }
  })
})
