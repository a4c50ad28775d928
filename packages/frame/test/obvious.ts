/** RFC 6455 section 5 read aloud: the versions that are obviously right, for the fast ones to be compared with. */

/** 5.3: "transformed-octet-i = original-octet-i XOR masking-key-octet-j", with j = i modulo 4. */
export function maskObviously(octets: Uint8Array, maskingKey: number, payloadOffset = 0): Uint8Array {
  const key = [maskingKey >>> 24, (maskingKey >>> 16) & 0xff, (maskingKey >>> 8) & 0xff, maskingKey & 0xff]
  return octets.map((octet, i) => octet ^ (key[(payloadOffset + i) % 4] ?? 0))
}

/** A frame as far as it was received. */
export interface Frame {
  fin: boolean
  rsv: number
  opcode: number
  masked: boolean
  maskingKey: number
  payloadLength: number
  lengthBytes: number
  lengthHigh: number
  payload: number[]
  ended: boolean
}

/** All frames in `octets`; the last may lack the end of its payload. `rest`: octets of a header that is not complete. */
export function readObviously(octets: Uint8Array): { frames: Frame[]; rest: number } {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  const frames: Frame[] = []
  let at = 0
  const read = (count: number): bigint => {
    at += count
    return BigInt(`0b0${bits.slice(at - count, at)}`)
  }
  while (at < bits.length) {
    const start = at
    const fin = read(1) === 1n
    const rsv = Number(read(3))
    const opcode = Number(read(4))
    const masked = read(1) === 1n
    const short = Number(read(7))
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8
    const length = lengthBytes === 0 ? BigInt(short) : read(lengthBytes * 8)
    const maskingKey = masked ? Number(read(32)) : 0
    if (at > bits.length) return { frames, rest: (bits.length - start) / 8 }
    const from = at / 8
    const to = Math.min(octets.length, from + Number(length))
    frames.push({
      fin,
      rsv,
      opcode,
      masked,
      maskingKey,
      payloadLength: Number(length),
      lengthBytes,
      lengthHigh: Number(length >> 32n),
      payload: [...maskObviously(octets.slice(from, to), maskingKey)],
      ended: BigInt(to - from) === length,
    })
    at = to * 8
  }
  return { frames, rest: 0 }
}

/** A frame with its length in the minimal form, written bit by bit. */
export function writeObviously(
  fin: boolean,
  rsv: number,
  opcode: number,
  maskingKey: number | null,
  payload: Uint8Array,
): Uint8Array {
  const binary = (value: number, width: number): string => value.toString(2).padStart(width, '0')
  const { length } = payload
  const bits = [
    fin ? '1' : '0',
    binary(rsv, 3),
    binary(opcode, 4),
    maskingKey === null ? '0' : '1',
    length < 126 ? binary(length, 7) : length < 65_536 ? binary(126, 7) : binary(127, 7),
    length < 126 ? '' : length < 65_536 ? binary(length, 16) : binary(length, 64),
    maskingKey === null ? '' : binary(maskingKey, 32),
  ].join('')
  const header = (bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2))
  const frame = new Uint8Array(header.length + length)
  frame.set(header)
  frame.set(maskObviously(payload, maskingKey ?? 0), header.length)
  return frame
}
