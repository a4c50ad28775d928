declare module 'bufferutil' {
  export function unmask(bytes: Uint8Array, key: Uint8Array): void
  export function mask(
    source: Uint8Array,
    key: Uint8Array,
    output: Uint8Array,
    offset: number,
    length: number,
  ): void
}
