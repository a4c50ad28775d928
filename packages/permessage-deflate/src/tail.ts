/** The octets that permessage-deflate takes off and puts back (RFC 7692 sections 7.2.1 and 7.2.2). */

/** What a receiver puts behind a payload. 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload". */
export const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff)

/**
 * What we put behind that, an empty stored block with BFINAL: with it a whole message is a whole DEFLATE stream, and one that
 * is cut short or runs over is not: the codec itself says so. But a block that is cut short may take this for its own text; so what
 * still makes text of it is cut short as well.
 *
 * The shorter 03 00 would not do: its zeros are the end of a block with fixed codes, so that one with BFINAL that the peer
 * has cut short would end there. Here such a block ends before the last octets, which are then left over.
 */
export const LAST_BLOCK = Uint8Array.of(0x01, 0x00, 0x00, 0xff, 0xff)

/** Both, for a message that is inflated in one call. */
export const TAIL_AND_LAST_BLOCK = Uint8Array.of(...TAIL, ...LAST_BLOCK)

/**
 * The empty message, an empty stored block without its last four octets. 7.2.3.6: "The single octet 0x00 contains the header
 * bits with "BFINAL" set to 0 and "BTYPE" set to 00, and 5 padding bits of 0."
 */
export const EMPTY_BLOCK = Uint8Array.of(0x00)
