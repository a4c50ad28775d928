/** Answers over HTTP, as applications write them: to a request that is refused, or that asks for no upgrade. */
import { encodeRefusal, type HeaderLine } from '@hybi/handshake'

/** Header lines, in either way of writing them. */
export type HeaderOptions = readonly HeaderLine[] | Readonly<Record<string, string>>

/** An HTTP answer. Content-Length and Connection are added, and a Content-Type where there is none. */
export interface HttpAnswer {
  /** 200 to 599. */
  readonly status: number
  readonly headers?: HeaderOptions | undefined
  readonly body?: string | Uint8Array | undefined
}

/** What an `upgrade` handler answers to refuse a request; made by `refuse`. */
export class Refused {
  readonly status: number
  /** The whole answer as it goes out. */
  readonly octets: Uint8Array

  constructor(status: number, octets: Uint8Array) {
    this.status = status
    this.octets = octets
  }
}

/**
 * Refuses a request: `return refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' } })`.
 *
 * @throws RangeError for a status outside 200 to 599 or one without a body, TypeError for headers that cannot be sent
 */
export function refuse(status: number, more: Omit<HttpAnswer, 'status'> = {}): Refused {
  return new Refused(status, encodeAnswer({ ...more, status }, 'GET'))
}

/** The octets of an answer to a request of this method. Throws as `refuse`. */
export function encodeAnswer({ status, headers, body }: HttpAnswer, method: string): Uint8Array {
  return encodeRefusal({ status, headers: toHeaderLines(headers), body }, method)
}

/** Header lines, from either way of writing them. */
export function toHeaderLines(headers: HeaderOptions = []): readonly HeaderLine[] {
  return isLines(headers) ? headers : Object.entries(headers)
}

function isLines(headers: HeaderOptions): headers is readonly HeaderLine[] {
  return Array.isArray(headers)
}
