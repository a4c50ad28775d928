/** A frame taken apart into the fields of RFC 6455, 5.2, for showing. Pure. */
import type { FrameEntry } from '../record.ts'
import { formatCloseCode, formatOctets, opcodeOf } from './words.ts'

/** One field: its bits or octets, and what they mean. */
export interface Field {
  readonly name: string
  /** Bits such as `0b1000`, or hex octets. */
  readonly value: string
  readonly meaning: string
  readonly kind: 'bit' | 'opcode' | 'length' | 'mask' | 'payload'
}

const RSV_BITS = 3
const OPCODE_BITS = 4
const LENGTH_BITS = 7
const CLOSE_CODE_HEX = 4

/** The fields of the header, in the order of the wire. */
export function decodeHeader(frame: FrameEntry): Field[] {
  const header = frame.headerHex === '' ? composeHeader(frame) : frame.headerHex
  const second = Number.parseInt(header.slice(2, 4), 16)
  const shortLength = second & 0x7f
  const fields: Field[] = [
    {
      name: 'FIN',
      value: frame.fin ? '1' : '0',
      meaning: frame.fin ? 'last fragment' : 'more follow',
      kind: 'bit',
    },
    {
      name: 'RSV',
      value: frame.rsv.toString(2).padStart(RSV_BITS, '0'),
      meaning: describeRsv(frame.rsv),
      kind: 'bit',
    },
    {
      name: 'opcode',
      value: frame.opcode.toString(2).padStart(OPCODE_BITS, '0'),
      meaning: `0x${frame.opcode.toString(16)} ${opcodeOf(frame.opcode).name}`,
      kind: 'opcode',
    },
    {
      name: 'MASK',
      value: frame.masked ? '1' : '0',
      meaning: frame.masked ? 'masked' : 'not masked',
      kind: 'bit',
    },
    {
      name: 'length',
      value: shortLength.toString(2).padStart(LENGTH_BITS, '0'),
      meaning: describeShortLength(shortLength, frame.length),
      kind: 'length',
    },
  ]
  const extended = header.slice(4, 4 + 2 * frame.lengthBytes)
  if (extended !== '') {
    fields.push({
      name: 'extended length',
      value: extended,
      meaning: formatOctets(frame.length),
      kind: 'length',
    })
  }
  if (frame.maskingKey !== null) {
    fields.push({
      name: 'masking key',
      value: frame.maskingKey,
      meaning: '32 bits, fresh for each frame',
      kind: 'mask',
    })
  }
  return fields
}

/** Code and reason of a Close frame's body, or the payload as it is. */
export function decodePayload(frame: FrameEntry): Field[] {
  if (frame.payloadHex === '') return []
  if (frame.close === undefined) {
    return [{ name: 'payload', value: frame.payloadHex, meaning: frame.payload, kind: 'payload' }]
  }
  const fields: Field[] = [
    {
      name: 'status code',
      value: frame.payloadHex.slice(0, CLOSE_CODE_HEX),
      meaning: formatCloseCode(frame.close.code),
      kind: 'opcode',
    },
  ]
  const reason = frame.payloadHex.slice(CLOSE_CODE_HEX)
  if (reason !== '')
    fields.push({ name: 'reason', value: reason, meaning: frame.close.reason, kind: 'payload' })
  return fields
}

function describeRsv(rsv: number): string {
  if (rsv === 0) return 'none set'
  return [4, 2, 1].flatMap((bit, index) => ((rsv & bit) === 0 ? [] : `RSV${index + 1}`)).join(', ')
}

function describeShortLength(short: number, length: number): string {
  if (short === 126) return '126: the next 2 octets'
  if (short === 127) return '127: the next 8 octets'
  return formatOctets(length)
}

/** The header that a report without octets (Autobahn's own) must have meant. */
function composeHeader(frame: FrameEntry): string {
  const first = (frame.fin ? 0x80 : 0) | (frame.rsv << OPCODE_BITS) | frame.opcode
  const short = frame.length < 126 ? frame.length : frame.length < 65_536 ? 126 : 127
  const octets = [first, (frame.masked ? 0x80 : 0) | short]
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')
}
