declare module 'ws' {
  import type { Writable } from 'node:stream'

  export const Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable
}
