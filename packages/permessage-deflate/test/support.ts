/** What several of these tests use: whole messages through a transform, and zlib as an independent peer. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Extension } from '@hybi/handshake'
import { cutAt } from '@hybi/test-support'
import {
  createTransform,
  type DeflateTransform,
  type Parameters,
  type PermessageDeflateOptions,
} from '../src/index.ts'

export const FRESH: Parameters = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}
export const TAKEOVER: Parameters = {
  ...FRESH,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
}
const LIMIT = 1_000_000

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (plain: Uint8Array): string => new TextDecoder().decode(plain)

/** Both ends of one connection. */
export function pair(parameters: Parameters = FRESH, options: PermessageDeflateOptions = {}) {
  return {
    server: createTransform(parameters, 'server', options),
    client: createTransform(parameters, 'client', options),
  }
}

/** The payloads of a message that is sent in these fragments. */
export async function encodeAll(
  transform: DeflateTransform,
  fragments: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const payloads: Uint8Array[] = []
  for (const [index, fragment] of fragments.entries()) {
    const payload = await transform.encode(fragment, index === fragments.length - 1)
    if (!(payload instanceof Uint8Array)) throw new Error(`encode failed: ${payload.failure}`)
    payloads.push(payload)
  }
  return payloads
}

/** What a message in these frames decodes to, or the name of the failure; frames may arrive in parts. */
export async function decodeAll(
  transform: DeflateTransform,
  frames: readonly Uint8Array[],
  options: { limit?: number; parts?: (frame: Uint8Array) => readonly Uint8Array[] } = {},
): Promise<Uint8Array | string> {
  const { limit = LIMIT, parts = (frame) => [frame.slice()] } = options
  const pieces: Uint8Array[] = []
  for (const [index, frame] of frames.entries()) {
    const arriving = frame.length === 0 ? [frame] : parts(frame)
    for (const [at, part] of arriving.entries()) {
      const frameEnd = at === arriving.length - 1
      const plain = await transform.decode(part, frameEnd, frameEnd && index === frames.length - 1, limit)
      if (!(plain instanceof Uint8Array)) return plain.failure
      pieces.push(plain)
    }
  }
  return new Uint8Array(Buffer.concat(pieces))
}

/** Cuts into pieces of `size` bytes; no bytes are one empty piece. */
export function cutEvery(plain: Uint8Array, size: number): Uint8Array[] {
  const cuts: number[] = []
  for (let at = size; at < plain.length; at += size) cuts.push(at)
  return plain.length === 0 ? [plain] : cutAt(plain, cuts)
}

/** A payload as zlib makes it: an independent sender. */
export function zlibPayload(plain: Uint8Array, windowBits = 15): Uint8Array {
  const flushed = deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH, windowBits })
  return new Uint8Array(flushed.subarray(0, -4))
}

/** A payload as zlib reads it: an independent receiver. */
export function zlibPlain(payload: Uint8Array, windowBits = 15): Uint8Array {
  const stream = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])])
  return new Uint8Array(inflateRawSync(stream, { finishFlush: constants.Z_SYNC_FLUSH, windowBits }))
}

/** Repeatable bytes: `alphabet` small compresses well, 256 not at all. */
export function noise(length: number, alphabet = 256, seed = 1): Uint8Array {
  const plain = new Uint8Array(length)
  let state = seed
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    plain[i] = (state >>> 16) % alphabet
  }
  return plain
}

/** `permessage-deflate; a; b=1` as the handshake hands it over. */
export function extension(line: string): Extension {
  const [name, ...parameters] = line.split(';').map((part) => part.trim())
  return {
    name,
    parameters: parameters.map((parameter) => {
      const at = parameter.indexOf('=')
      return at < 0 ? [parameter, null] : [parameter.slice(0, at), parameter.slice(at + 1)]
    }),
  }
}

/** And back. */
export const line = ({ name, parameters }: Extension): string =>
  [name, ...parameters.map(([key, value]) => (value === null ? key : `${key}=${value}`))].join('; ')
