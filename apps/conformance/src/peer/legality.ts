/**
 * The rules that frames of the endpoint under test must keep, in the runner's own few words. The reader below them records everything;
 * this only says whether the runner, as a good peer, has to fail the connection.
 */
import { type FrameHeader, isControl, MAX_CONTROL_PAYLOAD, Opcode } from '@hybi/frame'

export interface Expectations {
  /** Frames of a client are masked, those of a server are not. */
  readonly masked: boolean
  /** RSV bits an agreed extension may set on the first frame of a message. */
  readonly claimedRsv: number
  /** A fragmented message is open. */
  readonly fragmented: boolean
}

const KNOWN_OPCODES: ReadonlySet<number> = new Set(Object.values(Opcode))
const MAX_SHORT = 125
const MAX_16_BIT = 0xffff

/** The rule that a header breaks, as a sentence; null when it breaks none. */
export function findIllegality(header: FrameHeader, expected: Expectations): string | null {
  const { opcode, fin, rsv, masked, payloadLength, lengthBytes } = header
  if (masked !== expected.masked)
    return masked ? 'a server masked a frame (5.1)' : 'a client did not mask a frame (5.1)'
  const control = isControl(opcode)
  const claimed = control || opcode === Opcode.CONTINUATION ? 0 : expected.claimedRsv
  if ((rsv & ~claimed) !== 0)
    return `reserved bits ${rsv} on a frame with opcode ${opcode} that nothing claims (5.2)`
  if (!KNOWN_OPCODES.has(opcode)) return `reserved opcode ${opcode} (5.2)`
  if (payloadLength <= (lengthBytes === 8 ? MAX_16_BIT : lengthBytes === 2 ? MAX_SHORT : -1))
    return `length ${payloadLength} in ${lengthBytes} octets is not minimal (5.2)`
  if (control && !fin) return 'a fragmented control frame (5.5)'
  if (control && payloadLength > MAX_CONTROL_PAYLOAD)
    return `a control frame of ${payloadLength} octets (5.5)`
  if (opcode === Opcode.CONTINUATION && !expected.fragmented) return 'a continuation of nothing (5.4)'
  if (!control && opcode !== Opcode.CONTINUATION && expected.fragmented)
    return 'a new message inside a fragmented one (5.4)'
  return null
}
