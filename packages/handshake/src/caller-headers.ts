/** Header lines that a caller adds to a head that this package makes. */
import { assertHeaderLine } from './head.ts'
import type { HeaderLine } from './headers.ts'
import { Name } from './names.ts'

/** What the handshake itself says, and what would make a body of the frames behind it. */
const handshakeNames: readonly string[] = [
  Name.ACCEPT,
  Name.CONNECTION,
  Name.CONTENT_LENGTH,
  Name.EXTENSIONS,
  Name.KEY,
  Name.PROTOCOL,
  Name.TRANSFER_ENCODING,
  Name.UPGRADE,
  Name.VERSION,
]

export const reservedInRequest: ReadonlySet<string> = new Set([...handshakeNames, Name.HOST, Name.ORIGIN])
export const reservedInResponse: ReadonlySet<string> = new Set(handshakeNames)
/** What frames the body, and says that the connection ends with it. */
export const reservedInRefusal: ReadonlySet<string> = new Set([
  Name.CONNECTION,
  Name.CONTENT_LENGTH,
  Name.TRANSFER_ENCODING,
])

/** Throws TypeError for a line that is malformed, or whose name is reserved (given in lower case). */
export function assertCallerHeaders(headers: readonly HeaderLine[], reserved: ReadonlySet<string>): void {
  for (const line of headers) {
    assertHeaderLine(line)
    const [name] = line
    if (reserved.has(name.toLowerCase())) {
      throw new TypeError(`header ${name} is written by the handshake itself; leave it out of headers`)
    }
  }
}
