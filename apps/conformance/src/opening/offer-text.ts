/** The offer or answer of a probe, which is text and may be illegal, as the runner itself understands it. */
import { type Extension, parseExtensions } from '@hybi/handshake'

/** Extensions of a header value; none when there is no header or it breaks the grammar. */
export const parseOffer = (value: string | null): readonly Extension[] =>
  value === null ? [] : (parseExtensions([value]) ?? [])
