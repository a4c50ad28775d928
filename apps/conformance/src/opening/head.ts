/** Heads of the opening handshake as a case wants them, legal or not (RFC 6455 4.1, 4.2). */
import type { HeadSpec } from '../cases/probe.ts'

type Line = readonly [name: string, value: string]

/** Applies what a case changes about header lines. */
export function editHeaders(lines: readonly Line[], spec: HeadSpec): Line[] {
  const without = new Set((spec.without ?? []).map((name) => name.toLowerCase()))
  const replace = new Map(
    Object.entries(spec.replace ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return [
    ...lines
      .filter(([name]) => !without.has(name.toLowerCase()))
      .map(([name, value]): Line => [name, replace.get(name.toLowerCase()) ?? value]),
    ...(spec.add ?? []),
  ]
}

/** A head as latin1 octets; nothing is checked. */
export function writeHead(firstLine: string, lines: readonly Line[], spec: HeadSpec): Uint8Array {
  const head = [firstLine, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  return new Uint8Array(Buffer.from(spec.rewrite === undefined ? head : spec.rewrite(head), 'latin1'))
}

/** A head that stands at the beginning of `octets`, as latin1 text without its empty line. */
export function headTextOf(octets: Uint8Array): string {
  const text = Buffer.from(octets).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  return end < 0 ? text : text.slice(0, end)
}

/** Collects a head for the record: everything up to and with its empty line, as latin1. */
export class HeadText {
  #text = ''
  #done = false

  add(chunk: Uint8Array): void {
    if (this.#done) return
    this.#text += Buffer.from(chunk).toString('latin1')
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    this.#text = this.#text.slice(0, end)
    this.#done = true
  }

  get text(): string {
    return this.#text
  }
}
