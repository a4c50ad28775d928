/**
 * What compression costs, printed as the tables of the README: `npx pnpm --filter @hybi/permessage-deflate bench`, all of
 * them, or those that are named: `npx pnpm --filter @hybi/permessage-deflate bench fragments blocks`. Each figure is the
 * least CPU time (user and system) of several interleaved rounds: on a shared machine the least is what repeats.
 *
 * Where a comment in `src` says what another value costs: change the line to it and print the table that the comment names,
 * with both, in turns.
 */
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { constants, createDeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'
import { PerMessageDeflate } from 'ws'
import { createTransform, type Parameters } from '../src/index.ts'
import { InflateStream } from '../src/inflate-stream.ts'
import { emptyBlocks } from '../test/handcrafted.ts'

const FRESH: Parameters = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}
const LIMIT = 16_777_216
const ROUNDS = 15
const ROUND_US = 25_000

type Run = () => unknown

/** Microseconds of CPU per call of each, measured in turns. */
async function measure(runs: Record<string, Run>): Promise<Map<string, number>> {
  const least = new Map<string, number>()
  const calls = new Map<string, number>()
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, run] of Object.entries(runs)) {
      const count = calls.get(name) ?? 20
      const before = process.cpuUsage()
      for (let i = 0; i < count; i++) {
        const result = run()
        if (result instanceof Promise) await result
      }
      const { user, system } = process.cpuUsage(before)
      const each = (user + system) / count
      // The first round warms up and finds out how many calls fill a round.
      if (round === 0) calls.set(name, Math.max(1, Math.ceil(ROUND_US / Math.max(each, 0.1))))
      else least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, each))
    }
  return least
}

const us = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(value < 100 ? 1 : 0)
const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const head = (title: string, ...cells: readonly string[]): void => {
  console.log(`\n${title}\n`)
  row(...cells)
  row(...cells.map((_, i) => (i === 0 ? '---' : '---:')))
}

/** Repeatable texts: records as an API would send them, and prose from a small vocabulary. */
function json(size: number): Uint8Array {
  let all = ''
  for (let id = 0; all.length < size; id++)
    all += `${JSON.stringify({ id, name: `user ${(id * 7_919) % 1_000}`, mail: `u${(id * 31) % 997}@example.com`, active: id % 3 === 0, score: ((id * 1.37) % 100).toFixed(2) })},`
  return new TextEncoder().encode(all.slice(0, size))
}

function prose(size: number): Uint8Array {
  const words =
    'the quick brown fox jumps over a lazy dog and then some other words of web sockets and frames'.split(' ')
  let state = 1
  let all = ''
  while (all.length < size) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    all += `${words[(state >>> 16) % words.length]} `
  }
  return new TextEncoder().encode(all.slice(0, size))
}

/** Letters and ideographs in no order: many characters, which take words of many lengths. */
function scripts(size: number): Uint8Array {
  let state = 1
  let all = ''
  for (let octets = 0; octets < size; octets += 2) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    all += String.fromCodePoint(
      state % 3 === 0 ? 0x4e00 + ((state >>> 12) % 2_000) : 0x430 + ((state >>> 16) % 32),
    )
  }
  return new TextEncoder().encode(all).subarray(0, size)
}

const texts = { JSON: json, prose }

/** Time and size of each of some options, one of which a message is compressed with. */
async function choices(
  title: string,
  name: 'level' | 'memLevel',
  values: readonly number[],
  sizes: readonly number[],
): Promise<void> {
  head(
    `${title} (µs to compress → size of the payload)`,
    'text',
    ...values.map((value) => `\`${name}\` ${value}`),
  )
  for (const [kind, make] of Object.entries(texts))
    for (const size of sizes) {
      const plain = make(size)
      const transforms = values.map((value) => createTransform(FRESH, 'server', { [name]: value }))
      const cost = await measure(
        Object.fromEntries(
          transforms.map((transform, i) => [String(i), () => transform.encode(plain, true)]),
        ),
      )
      const cells = transforms.map(
        (transform, i) =>
          `${us(cost.get(String(i)))} → ${(transform.encode(plain, true) as Uint8Array).length}`,
      )
      row(`${size} B ${kind}`, ...cells)
    }
}

/** The extension of `ws` as its server would use it, at the level that it has by default (zlib's 6). */
function makePeer() {
  const peer = new PerMessageDeflate({ isServer: true, maxPayload: LIMIT })
  peer.accept([{ server_no_context_takeover: [true], client_no_context_takeover: [true] }])
  return {
    compress: promisify(peer.compress.bind(peer)),
    decompress: promisify(peer.decompress.bind(peer)),
  }
}

async function messages(): Promise<void> {
  head(
    'One message beside the plain API of Node, both at level 3, and ws at its default (µs)',
    'text',
    'encode',
    'deflateRawSync',
    'ws',
    'decode',
    'inflateRawSync',
    'ws',
  )
  const peer = makePeer()
  for (const [kind, make] of Object.entries(texts))
    for (const size of [1_024, 8_192, 65_536]) {
      const plain = make(size)
      const transform = createTransform(FRESH, 'server')
      const payload = transform.encode(plain, true) as Uint8Array
      const stream = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])])
      const flush = { finishFlush: constants.Z_SYNC_FLUSH }
      const cost = await measure({
        encode: () => transform.encode(plain, true),
        deflate: () => deflateRawSync(plain, { level: 3, ...flush }),
        decode: () => transform.decode(payload, true, true, LIMIT),
        inflate: () => inflateRawSync(stream, flush),
        compress: () => peer.compress(plain, true),
        decompress: () => peer.decompress(payload, true),
      })
      const names = ['encode', 'deflate', 'compress', 'decode', 'inflate', 'decompress']
      row(`${size} B ${kind}`, ...names.map((name) => us(cost.get(name))))
    }
}

/** Records that go on where the last message ended, as a feed sends them. */
async function contexts(): Promise<void> {
  head(
    'What a context gains and costs: a feed of 1 KiB JSON, level 3',
    'context',
    'payload',
    'encode µs',
    'decode µs',
    'text kept',
  )
  const feed = json(256 * 1_024)
  const messages = Array.from({ length: 256 }, (_, i) => feed.subarray(i * 1_024, (i + 1) * 1_024))
  for (const bits of [null, 9, 10, 11, 12, 13, 14, 15]) {
    const agreed =
      bits === null ? FRESH : { ...FRESH, serverNoContextTakeover: false, serverMaxWindowBits: bits }
    const encodeFeed = () => {
      const server = createTransform(agreed, 'server')
      return messages.map((message) => server.encode(message, true) as Uint8Array)
    }
    const payloads = encodeFeed()
    const decodeFeed = () => {
      const client = createTransform(agreed, 'client')
      for (const payload of payloads) client.decode(payload, true, true, LIMIT)
    }
    const cost = await measure({ encodeFeed, decodeFeed })
    const each = (name: string) => us((cost.get(name) ?? 0) / messages.length)
    const octets = payloads.reduce((sum, { length }) => sum + length, 0) / messages.length
    row(
      bits === null ? 'none' : `${bits} bits`,
      Math.round(octets),
      each('encodeFeed'),
      each('decodeFeed'),
      bits === null ? '0' : `${2 ** bits / 1_024} KiB`,
    )
  }
}

/** Whether `threshold` had better be lower. */
async function small(): Promise<void> {
  head('Small messages of JSON, level 3', 'bytes', 'payload', 'encode µs', 'decode µs')
  for (const size of [64, 128, 256, 512, 1_024]) {
    const plain = json(size)
    const transform = createTransform(FRESH, 'server')
    const payload = transform.encode(plain, true) as Uint8Array
    const cost = await measure({
      encode: () => transform.encode(plain, true),
      decode: () => transform.decode(payload, true, true, LIMIT),
    })
    row(size, payload.length, us(cost.get('encode')), us(cost.get('decode')))
  }
}

/** A frame that does not come in one read is decoded in parts: of this size here. */
const PART = 4_096

/** What `syncSize` decides: at once is how long the event loop stands still. */
async function offLoop(): Promise<void> {
  head(
    'JSON at once, and by threads (`syncSize: 0`), level 3 (ms of CPU, all threads)',
    'text',
    'encode at once',
    'by a thread',
    'decode at once',
    'by a thread',
    'in parts',
  )
  for (const size of [16_384, 65_536, 262_144, 1_048_576]) {
    const plain = json(size)
    const atOnce = createTransform(FRESH, 'server', { syncSize: LIMIT })
    const byThread = createTransform(FRESH, 'server', { syncSize: 0 })
    const payload = (await atOnce.encode(plain, true)) as Uint8Array
    const cost = await measure({
      encode: () => atOnce.encode(plain, true),
      encodeByThread: () => byThread.encode(plain, true),
      decode: () => atOnce.decode(payload.slice(), true, true, LIMIT),
      decodeByThread: () => byThread.decode(payload.slice(), true, true, LIMIT),
      decodeParts: async () => {
        for (let at = 0; at < payload.length; at += PART) {
          const end = at + PART >= payload.length
          await byThread.decode(payload.slice(at, at + PART), end, end, LIMIT)
        }
      },
    })
    const names = ['encode', 'encodeByThread', 'decode', 'decodeByThread', 'decodeParts']
    row(`${size / 1_024} KiB`, ...names.map((name) => ((cost.get(name) ?? 0) / 1_000).toFixed(2)))
  }
}

/** Small fragments at once, in JavaScript, beside a trip to a thread for each. */
async function fragments(): Promise<void> {
  head(
    'Fragments: µs to decode each one, and the whole message',
    'text',
    'bytes of a fragment',
    'at once',
    'by a thread',
    'at once',
    'by a thread',
  )
  const messages = { '1024 B JSON': json(1_024), '8192 B JSON': json(8_192), '131072 B JSON': json(131_072) }
  for (const [name, plain] of Object.entries({ ...messages, '65536 B scripts': scripts(65_536) }))
    for (const size of [64, 256, 1_024, 2_048]) {
      const encoder = createTransform(FRESH, 'client')
      const payload = (await encoder.encode(plain, true)) as Uint8Array
      if (payload.length <= size) continue
      const decode = (syncSize: number) => {
        const decoder = createTransform(FRESH, 'server', { syncSize })
        return async () => {
          for (let at = 0; at < payload.length; at += size)
            await decoder.decode(payload.slice(at, at + size), true, at + size >= payload.length, LIMIT)
        }
      }
      const cost = await measure({ atOnce: decode(65_536), byThread: decode(0) })
      const count = Math.ceil(payload.length / size)
      const { atOnce = 0, byThread = 0 } = Object.fromEntries(cost)
      row(name, size, us(atOnce / count), us(byThread / count), us(atOnce), us(byThread))
    }
}

/** So many blocks with fixed codes and without text: 0, 01 and seven zeros, ten bits each. */
function fixedBlocks(count: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((count * 10) / 8))
  for (let bit = 1; bit < count * 10; bit += 10) bytes[bit >> 3] |= 1 << (bit & 7)
  return bytes
}

/** What a peer can ask for without sending text. */
async function blocks(): Promise<void> {
  head('Blocks without text (µs for each)', 'block', 'bytes', 'µs')
  const plain = new Uint8Array(0)
  const count = 4_096
  const inflate = (bytes: Uint8Array) => () => {
    const stream = new InflateStream(15)
    stream.push(bytes)
    let stop = stream.read()
    while (stop === 'goes-on') stop = stream.read()
  }
  const withCodes = Buffer.concat(Array.from({ length: count / 4 }, () => emptyBlocks))
  const streams = Buffer.concat([...Array.from({ length: 255 }, () => deflateRawSync(plain)), Buffer.of(0)])
  const decoder = createTransform(FRESH, 'server')
  const cost = await measure({
    fixed: inflate(fixedBlocks(count)),
    codes: inflate(withCodes),
    final: () => decoder.decode(streams, true, true, LIMIT),
  })
  const each = (name: string, of: number) => ((cost.get(name) ?? 0) / of).toFixed(2)
  row('in JavaScript, with fixed codes', 1.25, each('fixed', count))
  row('in JavaScript, with codes of its own', withCodes.length / count, each('codes', count))
  row('by zlib, with BFINAL', 2, each('final', 255))
}

/** What a kept zlib stream would hold; the reason why contexts are kept as text. */
async function kept(): Promise<void> {
  const count = 200
  const before = process.memoryUsage().rss
  const streams = Array.from({ length: count }, () => createDeflateRaw())
  const plain = json(1_024)
  for (const stream of streams) {
    stream.write(plain)
    await new Promise<void>((resolve) => stream.flush(resolve))
  }
  const each = Math.round((process.memoryUsage().rss - before) / count / 1_024)
  console.log(`\nA zlib stream that is kept to compress with: ${each} KiB (RSS, ${count} of them)`)
  for (const stream of streams) stream.destroy()
}

/** What a connection costs that has compressed nothing yet. */
async function connections(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const count = 20_000
  const made: unknown[] = Array(count).fill(null)
  createTransform(FRESH, 'server')
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i++) made[i] = createTransform(FRESH, 'server')
  collect()
  const each = Math.round((process.memoryUsage().heapUsed - before) / count)
  console.log(`\nA transform that holds nothing: ${each} B (heap, ${made.length} of them)`)
}

console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`,
)
const tables: Record<string, () => Promise<void>> = {
  level: () => choices('What a level costs', 'level', [1, 3, 6, 9], [1_024, 8_192, 65_536]),
  memory: () => choices('What memory costs, at level 3', 'memLevel', [1, 5, 8, 9], [1_024, 65_536]),
  small,
  messages,
  contexts,
  threads: offLoop,
  fragments,
  blocks,
  kept,
  connections,
}
const named = process.argv.slice(2)
for (const [name, print] of Object.entries(tables))
  if (named.length === 0 || named.includes(name)) await print()
