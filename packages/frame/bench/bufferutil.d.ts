declare module 'bufferutil' {
  export function unmask(bytes: Uint8Array, key: Uint8Array): void
}
