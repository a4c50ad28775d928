/** Payload as reports show it. */
import { isUtf8 } from '@hybi/utf8'

export const toHex = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex')

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text itself, or `0x…` when the octets are not UTF-8. */
export const toPayloadText = (octets: Uint8Array): string =>
  isUtf8(octets) ? decoder.decode(octets) : `0x${toHex(octets)}`
