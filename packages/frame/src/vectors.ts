/**
 * Masking of much at a time, 16 octets an instruction, by a small WebAssembly module. It works in its own memory, so that the octets
 * are copied there and back, which pays from a few KiB on: 64 KiB take 2.3 µs, where words take 11.4 (`npx pnpm
 * --filter @hybi/frame bench mask`, Node 20).
 *
 *     (module
 *       (memory (export "memory") 1)
 *       (func (export "mask") (param $end i32) (param $key i32) (local $keys v128) (local $at i32)
 *         (local.set $keys (i32x4.splat (local.get $key)))
 *         (loop
 *           ;; four times, with offset 0, 16, 32 and 48:
 *           (v128.store (local.get $at) (v128.xor (v128.load (local.get $at)) (local.get $keys)))
 *           (br_if 0 (i32.lt_s (local.tee $at (i32.add (local.get $at) (i32.const 64))) (local.get $end))))))
 */

/** Octets from which vectors are used: here they take half of what words take, copies included (the same bench). */
export const VECTORS_FROM = 4_096

/** Octets of the module's memory: one page. */
const PAGE = 65_536

/** What is used of WebAssembly, for this module. */
export interface WebAssemblyHost {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Masks the memory from its beginning to `end`, and to the next multiple of 64. The key's first octet is its lowest. */
  readonly mask: (end: number, key: number) => void
}

/** The module at work. */
class Vectors {
  readonly #page: Uint8Array
  readonly #mask: Exports['mask']

  constructor({ memory, mask }: Exports) {
    this.#page = new Uint8Array(memory.buffer)
    this.#mask = mask
  }

  /**
   * Writes `source[start, end)`, masked, to `target` from `targetOffset` on, which may be where it was.
   *
   * @param key its most significant octet is for the first octet
   */
  maskInto(
    source: Uint8Array,
    start: number,
    end: number,
    target: Uint8Array,
    targetOffset: number,
    key: number,
  ): void {
    const lowestFirst = (key >>> 24) | ((key >>> 8) & 0xff00) | ((key & 0xff00) << 8) | (key << 24)
    for (let at = start; at < end; at += PAGE) {
      const size = Math.min(PAGE, end - at)
      this.#page.set(source.subarray(at, at + size))
      this.#mask(size, lowestFirst)
      target.set(size === PAGE ? this.#page : this.#page.subarray(0, size), targetOffset + at - start)
    }
  }
}

/** Loads the module; null where the host has no WebAssembly, none with vectors, or does not allow it. */
export function loadVectors(host: WebAssemblyHost | undefined): Vectors | null {
  if (host === undefined) return null
  try {
    return new Vectors(new host.Instance(new host.Module(module)).exports)
  } catch {
    return null
  }
}

let loaded: Vectors | null | undefined

/** The module for `size` octets: null where words are better, or there is none. It is loaded when it is first of use. */
export function vectorsFor(size: number): Vectors | null {
  if (size < VECTORS_FROM) return null
  if (loaded === undefined) loaded = loadVectors(Reflect.get(globalThis, 'WebAssembly'))
  return loaded
}

/** The module above, as octets. */
const name = (text: string): readonly number[] => [
  text.length,
  ...Array.from(text, (letter) => letter.charCodeAt(0)),
]
const section = (id: number, content: readonly number[]): readonly number[] => [
  id,
  content.length,
  ...content,
]
const maskVector = (offset: number): readonly number[] => [
  ...[0x20, 3, 0x20, 3, 0xfd, 0x00, 4, offset], // $at, to store to; v128.load of $at
  ...[0x20, 2, 0xfd, 0x51], // v128.xor with $keys
  ...[0xfd, 0x0b, 4, offset], // v128.store
]
const code = [
  ...[2, 1, 0x7b, 1, 0x7f], // $keys: v128, $at: i32
  ...[0x20, 1, 0xfd, 0x11, 0x21, 2], // $keys = i32x4.splat $key
  ...[0x03, 0x40], // loop
  ...[0, 16, 32, 48].flatMap(maskVector),
  ...[0x20, 3, 0x41, 0xc0, 0, 0x6a, 0x22, 3], // $at += 64
  ...[0x20, 0, 0x48, 0x0d, 0, 0x0b, 0x0b], // again while $at < $end
]
const module = /* @__PURE__ */ Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
  ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]), // a type: two i32 in, nothing out
  ...section(3, [1, 0]), // a function of that type
  ...section(5, [1, 0, 1]), // a memory of one page
  ...section(7, [2, ...name('memory'), 2, 0, ...name('mask'), 0, 0]), // exports
  ...section(10, [1, code.length, ...code]),
)
