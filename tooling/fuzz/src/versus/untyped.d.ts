/** Parts of other implementations that are not part of their types. */

declare module 'ws' {
  import type { Writable } from 'node:stream'
  export class Receiver extends Writable {
    constructor(options: { isServer: boolean; maxPayload: number; extensions?: object })
    _write(chunk: Buffer, encoding: string, callback: (error?: Error | null) => void): void
  }
}

declare module 'undici/lib/web/websocket/receiver.js' {
  export class ByteParser {
    constructor(handler: object, extensions: Map<string, string> | null, options: { maxPayloadSize: number })
    _write(chunk: Buffer, encoding: string, callback: () => void): void
    readonly closingInfo: { code?: number; reason: string } | undefined
  }
}

declare module 'undici/lib/web/websocket/util.js' {
  export function utf8Decode(bytes: Buffer): string
}
