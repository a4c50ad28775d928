import fc from 'fast-check'

/** Valid UTF-8, short and long enough for the host's check. */
export const anyUtf8: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 120, minLength: 20 }),
    fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  )
  .map((text) => new TextEncoder().encode(text))

/** Octets at which the grammar of RFC 3629 changes its mind, and their neighbours. */
const octet = fc.oneof(
  fc.constantFrom(
    0x00,
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xe1,
    0xec,
    0xed,
    0xee,
  ),
  fc.constantFrom(0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff),
  fc.integer({ min: 0, max: 255 }),
)

/** Valid UTF-8 with up to three octets overwritten, so that it is impossible early, late or not at all; or cut short. */
export const nearlyUtf8: fc.Arbitrary<Uint8Array> = fc
  .tuple(anyUtf8, fc.array(fc.tuple(fc.nat(), octet), { maxLength: 3 }), fc.nat({ max: 4 }))
  .map(([text, changes, missing]) => {
    const bytes = text.slice(0, Math.max(0, text.length - missing))
    for (const [position, value] of changes) bytes[position % Math.max(1, bytes.length)] = value
    return bytes
  })
