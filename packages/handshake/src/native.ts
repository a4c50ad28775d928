/**
 * The one place that looks for something outside the language: SHA-1, and octets as latin1 text. Node, Deno and Bun have
 * both in `node:crypto` and `node:buffer`; elsewhere the language alone does it.
 */
import { sha1 } from './sha1.ts'

/** What the handshake needs from its host. */
export interface Host {
  /** The base64 of the SHA-1 of `text`, which is ASCII. */
  hashToBase64(text: string): string
  /** The octets [start, end) of `bytes` as characters U+0000 to U+00FF. */
  decodeLatin1(bytes: Uint8Array, start: number, end: number): string
  /** The characters of `text`, all below U+0100, as octets. */
  encodeLatin1(text: string): Uint8Array
}

/** With the language and the web's `btoa` alone. */
export const portableHost: Host = {
  hashToBase64: (text) => encodeBase64(sha1(new TextEncoder().encode(text))),
  decodeLatin1(bytes, start, end) {
    let text = ''
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i])
    return text
  },
  encodeLatin1(text) {
    const bytes = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
    return bytes
  },
}

/** `bytes` in the base64 of RFC 4648, section 4. */
export const encodeBase64 = (bytes: Uint8Array): string =>
  btoa(portableHost.decodeLatin1(bytes, 0, bytes.length))

const buffer = globalThis.process?.getBuiltinModule?.('node:buffer')?.Buffer
// Takes half the time of `createHash`, `update` and `digest` (`npx pnpm --filter @hybi/handshake bench`, Node 20).
const hash = globalThis.process?.getBuiltinModule?.('node:crypto')?.hash

/** The host's own, or the portable one. */
export const host: Host =
  buffer === undefined || hash === undefined
    ? portableHost
    : {
        hashToBase64: (text) => hash('sha1', text, 'base64'),
        decodeLatin1: (bytes, start, end) =>
          buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'),
        encodeLatin1: (text) => buffer.from(text, 'latin1'),
      }
