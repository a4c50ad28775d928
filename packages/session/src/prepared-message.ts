/** A message that goes to many connections: turned into bytes and into a frame once, and encoded once for all that encode alike. */
import { encodeForMany, LEAST_REFERRED, Opcode } from '@hybi/frame'
import { toPayload } from './arguments.ts'
import { type MessageTransform, settle, type Transformed, type TransformFailure } from './transform.ts'

/**
 * Sendings after which a frame is made: to make it takes as long as two sendings without it, and each one after that a seventh (`npx pnpm
 * --filter @hybi/session bench`, 100 octets, Node 20).
 */
const MANY = 4

let takeFrame: typeof takeSharedFrame

/** Made by `prepareMessage`, sent with `sendMessage` of any number of sessions. */
export class PreparedMessage {
  readonly binary: boolean
  /** The payload, which must not change as long as the message is in use. */
  readonly payload: Uint8Array
  /** What each encoding has made of it, or is about to; null when the one who was about to has failed. */
  readonly #encoded = new Map<string, Uint8Array | Promise<Uint8Array | null>>()
  #frame: Uint8Array | null = null
  #sendings = 0

  static {
    takeFrame = (message) => message.#takeFrame()
  }

  /** See `prepareMessage`. */
  constructor(payload: Uint8Array, binary: boolean) {
    this.payload = payload
    this.binary = binary
  }

  /**
   * The payload of the one frame that carries the message; shared where the transform allows it. A failure is only for the connection
   * whose transform failed: those that waited for it get null, and ask again.
   */
  encode(transform: MessageTransform): Transformed | Promise<Uint8Array | null> {
    const { encoding } = transform
    if (encoding === undefined) return transform.encode(this.payload, true)
    const known = this.#encoded.get(encoding)
    if (known !== undefined) return known
    const encoded = transform.encode(this.payload, true)
    if (!(encoded instanceof Promise)) {
      this.#remember(encoding, encoded)
      return encoded
    }
    const own = settle(encoded)
    const shared = own.then((result) => this.#remember(encoding, result))
    this.#encoded.set(encoding, shared)
    return own
  }

  #takeFrame(): Uint8Array | null {
    if (this.payload.length >= LEAST_REFERRED || ++this.#sendings <= MANY) return null
    this.#frame ??= encodeForMany(this.binary ? Opcode.BINARY : Opcode.TEXT, this.payload)
    return this.#frame
  }

  /** Keeps what was made; a failure is left to the next connection to try again. */
  #remember(encoding: string, result: Uint8Array | TransformFailure): Uint8Array | null {
    if (result instanceof Uint8Array) {
      this.#encoded.set(encoding, result)
      return result
    }
    this.#encoded.delete(encoding)
    return null
  }
}

/**
 * One frame that carries the message as it is, without mask, and is never modified; null for a payload that is better sent from where
 * it lies, and while the message has not gone to many.
 */
export function takeSharedFrame(message: PreparedMessage): Uint8Array | null {
  return takeFrame(message)
}

/**
 * Prepares a message for many connections.
 *
 * @param data a string is text, bytes are binary unless `binary` is false; the bytes must not change while in use
 * @throws TypeError for anything else, and for bytes that are to be text but are not UTF-8
 */
export function prepareMessage(
  data: string | Uint8Array,
  options: { readonly binary?: boolean | undefined } = {},
): PreparedMessage {
  const binary = options.binary ?? typeof data !== 'string'
  return new PreparedMessage(toPayload(data, binary), binary)
}
