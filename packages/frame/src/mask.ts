/**
 * Masking (RFC 6455 section 5.3): "Octet i of the transformed data ("transformed-octet-i") is the XOR of octet i of the
 * original data ("original-octet-i") with octet at index i modulo 4 of the masking key". Unmasking is the same.
 */

/**
 * Masks or unmasks `bytes[start, end)` where they are.
 *
 * @param maskingKey 32-bit number, its most significant octet is the key's first
 * @param payloadOffset octet of the frame's payload that stands at `start`, 0 by default
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  maskingKey: number,
  payloadOffset = 0,
): void {
  maskInto(bytes, start, end, bytes, start, maskingKey, payloadOffset)
}

/**
 * Writes `source[start, end)`, masked or unmasked, to `target` from `targetOffset` on. The source is not modified, unless
 * it is the target.
 *
 * @param maskingKey 32-bit number, its most significant octet is the key's first; 0 copies
 * @param payloadOffset octet of the frame's payload that stands at `start`, 0 by default
 */
export function maskInto(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetOffset: number,
  maskingKey: number,
  payloadOffset = 0,
): void {
  for (let i = start, j = targetOffset, k = payloadOffset & 3; i < end; i++, j++, k++)
    target[j] = source[i] ^ (maskingKey >>> (24 - ((k & 3) << 3)))
}
