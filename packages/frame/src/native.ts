/**
 * The one place that looks for something outside the language: memory that nobody clears first, and text encoded straight into
 * it. Node, Deno and Bun have both in `node:buffer`; elsewhere plain typed arrays and TextEncoder do it.
 */

/** What the output buffer needs from its host. */
export interface Host {
  /** New memory of its own, not cleared. */
  allocate(size: number): Uint8Array
  /** Writes `text` as UTF-8 into memory that came from `allocate`, of which there is enough; returns the octets written. */
  writeText(target: Uint8Array, offset: number, text: string): number
  /** Octets of `text` in UTF-8. */
  measureText(text: string): number
}

/** With the language and the Encoding standard alone. */
export const portableHost: Host = {
  allocate: (size) => new Uint8Array(size),
  writeText: (target, offset, text) => new TextEncoder().encodeInto(text, target.subarray(offset)).written,
  measureText(text) {
    let size = text.length
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 0x80) continue
      size++
      if (unit < 0x800) continue
      const code = text.codePointAt(i) ?? 0
      // A pair of surrogates is 2 units and 4 octets; everything else from here on, a lone surrogate's U+FFFD too, is 3.
      if (code > 0xffff) i++
      size++
    }
    return size
  },
}

const buffer = globalThis.process?.getBuiltinModule?.('node:buffer')?.Buffer

/** The host's own, or the portable one. */
export const host: Host =
  buffer === undefined
    ? portableHost
    : {
        allocate: (size) => buffer.allocUnsafeSlow(size),
        writeText: (target, offset, text) => buffer.prototype.write.call(target, text, offset),
        measureText: (text) => buffer.byteLength(text),
      }
