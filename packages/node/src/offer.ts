/** What one opening handshake of a client offers, and whether the answer fits it. */
import { randomBytes } from 'node:crypto'
import {
  checkResponse,
  createKey,
  createRequest,
  type Extension,
  formatExtensions,
  type HeaderLine,
  NONCE_SIZE,
  type RequestHead,
  type ResponseHead,
} from '@hybi/handshake'
import {
  checkAnswer,
  createTransform,
  type DeflateTransform,
  offer as offerDeflate,
  type PermessageDeflateOptions,
} from '@hybi/permessage-deflate'
import { type CompressionOption, readPermessageDeflate } from './compression.ts'
import type { Destination } from './destination.ts'
import { ConnectError } from './errors.ts'

/** What client and server have agreed on. */
export interface AcceptedOffer {
  readonly subprotocol: string | undefined
  /** As in Sec-WebSocket-Extensions; '' for none. */
  readonly extensions: string
  readonly transform: DeflateTransform | undefined
}

/** The options that are offered. */
export interface OfferOptions {
  readonly origin?: string | undefined
  readonly subprotocols?: readonly string[] | undefined
  readonly permessageDeflate?: CompressionOption | undefined
}

/** One offer, with a key of its own. 4.1: "The nonce MUST be selected randomly for each connection." */
export class Offer {
  readonly #key: string
  readonly #options: OfferOptions
  readonly #deflateOptions: PermessageDeflateOptions
  readonly #extensions: readonly Extension[]

  /** Throws for compression options that are not allowed. */
  constructor(options: OfferOptions) {
    this.#key = createKey(randomBytes(NONCE_SIZE))
    this.#options = options
    const deflate = readPermessageDeflate(options.permessageDeflate)
    this.#deflateOptions = deflate ?? {}
    this.#extensions = deflate === null ? [] : [offerDeflate(deflate)]
  }

  /** The request that makes the offer. Throws a TypeError for what cannot be sent. */
  createRequest(
    { target, hostHeader, authorization }: Destination,
    headers: readonly HeaderLine[],
  ): RequestHead {
    const { origin, subprotocols } = this.#options
    return createRequest({
      target,
      host: hostHeader,
      key: this.#key,
      subprotocols,
      extensions: this.#extensions,
      origin,
      headers: authorization === undefined ? headers : [['Authorization', authorization], ...headers],
    })
  }

  /** What the answer agrees to, or the rule over which the connection has to be failed. */
  check(head: ResponseHead): AcceptedOffer | ConnectError {
    const { subprotocols } = this.#options
    const checked = checkResponse(head, { key: this.#key, subprotocols, extensions: this.#extensions })
    if (!checked.ok) {
      const { name, section, text } = checked.failure
      return new ConnectError(`the server's answer breaks the protocol: ${name}. ${text} (${section})`)
    }
    const { subprotocol, extensions } = checked.value
    const [answer] = extensions
    const [offered] = this.#extensions
    if (answer === undefined || offered === undefined)
      return { subprotocol, extensions: '', transform: undefined }
    const deflate = checkAnswer(answer, offered, this.#deflateOptions)
    if (!deflate.ok) {
      return new ConnectError(
        `the server's answer breaks the protocol: ${deflate.text} (RFC 7692, ${deflate.section})`,
      )
    }
    const transform = createTransform(deflate.parameters, 'client', this.#deflateOptions)
    return { subprotocol, extensions: formatExtensions(extensions), transform }
  }
}
