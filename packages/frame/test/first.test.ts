import { toHex, wire } from '@hybi/test-support'
import { expect, test } from 'vitest'
import { encodeFrame, FrameReader, Opcode, OutputBuffer, Step } from '../src/index.ts'

test('reads and writes a masked frame', () => {
  const reader = new FrameReader()
  reader.receive(wire`81 85 37fa213d 7f9f4d5158`)
  expect(reader.next()).toBe(Step.HEADER)
  expect(reader.next()).toBe(Step.PAYLOAD)
  expect(Buffer.from(reader.chunk.subarray(reader.start, reader.end)).toString()).toBe('Hello')
  expect(reader.next()).toBe(Step.END)
  expect(reader.next()).toBe(Step.NEED_DATA)
  const out = new OutputBuffer()
  out.writeText(true, 0, 0x37fa213d, 'Hello')
  out.writeFrame(true, 0, 1, null, Buffer.from('xHellox'), 1, 6)
  const big = new Uint8Array(70000)
  out.writeFrame(true, 0, 2, null, big, 0, 70000)
  expect(out.length).toBe(11 + 7 + 70010)
  const p = out.take()
  expect(p.length).toBe(2)
  expect(toHex(p[0])).toBe('818537fa213d7f9f4d5158810548656c6c6f827f0000000000011170')
  expect(toHex(encodeFrame({ opcode: Opcode.TEXT, maskingKey: 0x37fa213d }, Buffer.from('Hello')))).toBe(
    '818537fa213d7f9f4d5158',
  )
})
