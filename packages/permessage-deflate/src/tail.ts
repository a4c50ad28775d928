/** The octets that permessage-deflate takes off and puts back (RFC 7692 sections 7.2.1 and 7.2.2). */

/** 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end." */
export const TAIL_LENGTH = 4

/**
 * What a receiver puts behind a payload. 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload";
 * then 03 00, an empty block with BFINAL. With that a whole message is a whole DEFLATE stream, and one that is cut
 * short or runs over is not: the codec itself says so.
 */
export const TAIL_AND_END = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00)

/** 7.2.3.6: "An endpoint ... 0x00": an empty stored block without its last four octets, the empty message. */
export const EMPTY_BLOCK = Uint8Array.of(0x00)
