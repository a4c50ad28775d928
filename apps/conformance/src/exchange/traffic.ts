/** Traffic numbers as Autobahn's reports have them. Pure. */
import type { Series } from '../observation.ts'
import type { TrafficStats } from '../record.ts'
import type { Traffic } from './sources.ts'

interface Octets {
  readonly sent: number
  readonly received: number
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** @param wire octets of the whole connection; `preopen` those of the opening handshake among them */
export function toTrafficStats(
  traffic: Traffic,
  wire: Octets,
  preopen: Octets,
  series: Series | undefined,
): TrafficStats {
  const incomingWire = wire.received - preopen.received
  const outgoingWire = wire.sent - preopen.sent
  return {
    incomingCompressionRatio: ratio(traffic.receivedCompressed, traffic.receivedPlain),
    incomingOctetsAppLevel: traffic.receivedPlain,
    incomingOctetsWebSocketLevel: traffic.receivedCompressed,
    incomingOctetsWireLevel: incomingWire,
    incomingWebSocketFrames: traffic.receivedFrames,
    incomingWebSocketMessages: series?.matched ?? 0,
    incomingWebSocketOverhead: ratio(incomingWire - traffic.receivedCompressed, traffic.receivedCompressed),
    outgoingCompressionRatio: ratio(traffic.sentCompressed, traffic.sentPlain),
    outgoingOctetsAppLevel: traffic.sentPlain,
    outgoingOctetsWebSocketLevel: traffic.sentCompressed,
    outgoingOctetsWireLevel: outgoingWire,
    outgoingWebSocketFrames: traffic.sentFrames,
    outgoingWebSocketMessages: series?.sent ?? 0,
    outgoingWebSocketOverhead: ratio(outgoingWire - traffic.sentCompressed, traffic.sentCompressed),
    preopenIncomingOctetsWireLevel: preopen.received,
    preopenOutgoingOctetsWireLevel: preopen.sent,
  }
}
