export { byteByByte, chunkings, cutAt } from './chunkings.ts'
export { settleWire, WireEnd, type WireEndpoint } from './fake-wire.ts'
export { toHex, wire } from './wire.ts'
