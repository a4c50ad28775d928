/** Finished frames of a client, for octets that go out beside the script's own frames. */
import { encodeFrame } from '@hybi/frame'

/** Any key would do; a fixed one keeps the cases the same in every run. */
const MASKING_KEY = 0x37fa213d

export const maskedFrame = (opcode: number, payload: Uint8Array): Uint8Array =>
  encodeFrame({ opcode, maskingKey: MASKING_KEY }, payload)
