import 'ws'

/** What `ws` exports and its types leave out. */
declare module 'ws' {
  export class PerMessageDeflate {
    constructor(options: { isServer: boolean; maxPayload: number })
    accept(offers: readonly Record<string, readonly unknown[]>[]): object
    compress(
      plain: Uint8Array,
      fin: boolean,
      done: (error: Error | null, payload: Uint8Array | undefined) => void,
    ): void
    decompress(
      payload: Uint8Array,
      fin: boolean,
      done: (error: Error | null, plain: Uint8Array | undefined) => void,
    ): void
  }
}
