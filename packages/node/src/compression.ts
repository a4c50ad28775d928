/** The option `permessageDeflate` of servers and clients. */
import { createTransform, offer, type PermessageDeflateOptions } from '@hybi/permessage-deflate'

/** What a user may give: true for the defaults of permessage-deflate, or its options. */
export type CompressionOption = boolean | PermessageDeflateOptions

/** The options, checked at once and not with the first connection; null when there is to be no compression. */
export function readPermessageDeflate(given: CompressionOption = false): PermessageDeflateOptions | null {
  if (given === false) return null
  if (given === true) return {}
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`permessageDeflate must be true, false or an object, but was ${String(given)}`)
  }
  offer(given)
  createTransform(widest, 'server', given).release()
  return given
}

const widest = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}
