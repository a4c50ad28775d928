import { encodeFrame, FrameReader, Opcode, OutputBuffer, Step } from '@hybi/frame'

// Reading: chunks in, steps out. A payload may come in several parts.
const hello = new TextEncoder().encode('Hello')
const reader = new FrameReader()
reader.receive(encodeFrame({ opcode: Opcode.TEXT, maskingKey: 0x37fa213d }, hello))
for (let step = reader.next(); step !== Step.NEED_DATA; step = reader.next()) {
  if (step === Step.HEADER) {
    console.log(reader.header.opcode === Opcode.TEXT, reader.header.payloadLength) // true 5
  } else if (step === Step.PAYLOAD) {
    console.log(new TextDecoder().decode(reader.chunk.subarray(reader.start, reader.end))) // Hello
  }
}

// Writing: many frames, one piece.
const output = new OutputBuffer()
output.writeText(true, 0, null, 'Hello')
output.writeFrame(true, 0, Opcode.PING, null, new Uint8Array(3), 0, 3)
const pieces = output.take()
console.log(pieces.length, Array.from(pieces[0] ?? []).join(' ')) // 1 129 5 72 101 108 108 111 137 3 0 0 0
