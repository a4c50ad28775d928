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
  readonly answer: HttpAnswer

  constructor(answer: HttpAnswer) {
    this.answer = answer
  }
}

/** Refuses a request: `return refuse(401, { headers: { 'WWW-Authenticate': 'Bearer' } })`. Throws for another status than 200 to 599. */
export function refuse(status: number, more: Omit<HttpAnswer, 'status'> = {}): Refused {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(
      `the status of an answer must be a number from 200 to 599, but was ${String(status)}`,
    )
  }
  return new Refused({ ...more, status })
}

/**
 * The octets of an answer; to HEAD, those without the body.
 *
 * @throws TypeError for what cannot be sent
 */
export function encodeAnswer(answer: HttpAnswer, method: string): Uint8Array {
  const body = Buffer.from(answer.body ?? '')
  const octets = encodeRefusal({ status: answer.status, headers: toHeaderLines(answer.headers), body })
  return method === 'HEAD' ? octets.subarray(0, octets.length - body.length) : octets
}

/** Header lines, from either way of writing them. */
export function toHeaderLines(headers: HeaderOptions = []): readonly HeaderLine[] {
  return isLines(headers) ? headers : Object.entries(headers)
}

function isLines(headers: HeaderOptions): headers is readonly HeaderLine[] {
  return Array.isArray(headers)
}
