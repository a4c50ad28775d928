declare module 'ws' {
  import type { Writable } from 'node:stream'

  export const Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable

  export const Sender: {
    frame(
      data: Buffer,
      options: { fin: boolean; rsv1: boolean; opcode: number; mask: boolean; readOnly: boolean },
    ): Buffer[]
  }
}
