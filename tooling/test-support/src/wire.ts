/** Bytes written as hex, as RFC 6455 section 5.7 writes them: wire`81 05 48656c6c6f`. White space is free. */
export function wire(parts: TemplateStringsArray, ...values: readonly (string | Uint8Array)[]): Uint8Array {
  const text = String.raw(parts, ...values.map((value) => (typeof value === 'string' ? value : toHex(value))))
  const hex = text.replace(/\s+/g, '')
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) {
    throw new TypeError(`wire: not whole hex bytes: ${text}`)
  }
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  )
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes as lower case hex, for readable assertions. */
export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += digits[byte]
  return hex
}
