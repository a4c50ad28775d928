export { byteByByte, chunkings, cutAt } from './chunkings.ts'
export { toHex, wire } from './wire.ts'
