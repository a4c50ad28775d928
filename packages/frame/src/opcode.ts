/** The numbers of a frame header (RFC 6455 section 5.2). */

/** What a frame is. 3–7 are reserved for data frames to come, 11–15 for control frames to come. */
export const Opcode = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const
export type Opcode = (typeof Opcode)[keyof typeof Opcode]

/** The three reserved bits, as they stand in `FrameHeader.rsv`. */
export const Rsv = { RSV1: 4, RSV2: 2, RSV3: 1 } as const
export type Rsv = (typeof Rsv)[keyof typeof Rsv]

/** 5.5: "All control frames MUST have a payload length of 125 bytes or less". */
export const MAX_CONTROL_PAYLOAD = 125

/** 5.5: "Control frames are identified by opcodes where the most significant bit of the opcode is 1." */
export const isControl = (opcode: number): boolean => (opcode & 0x8) !== 0
