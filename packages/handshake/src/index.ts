export { acceptKey, createKey, isKey, NONCE_SIZE } from './accept-key.ts'
export { checkRequest, type UpgradeRequest } from './check-request.ts'
export { type AcceptedConnection, checkResponse } from './check-response.ts'
export {
  type ClientOffer,
  createRequest,
  type RequestDestination,
  type RequestOptions,
} from './create-request.ts'
export { createResponse, type ResponseOptions } from './create-response.ts'
export { encodeRefusal, type RefusalAnswer } from './encode-refusal.ts'
export {
  type ConnectHead,
  type ConnectRequest,
  type ConnectResponse,
  checkExtendedConnect,
  createConnectResponse,
} from './extended-connect.ts'
export { type Extension, type ExtensionParameter, formatExtensions, parseExtensions } from './extensions.ts'
export { type CheckedResponse, type Failure, failures } from './failures.ts'
export { encodeHead, type RequestHead, type ResponseHead } from './head.ts'
export type { HeadKind, Readings, ReadRequest, ReadResponse } from './head-grammar.ts'
export {
  DEFAULT_MAX_HEAD_BYTES,
  DEFAULT_MAX_HEADER_LINES,
  type HeadLimits,
  HeadReader,
} from './head-reader.ts'
export { findHeader, type HeaderLine, headerValues } from './headers.ts'
export { HTTP_VERSION, WEBSOCKET_VERSION } from './names.ts'
export { isSameOrigin } from './origin.ts'
export { type Checked, type Refusal, refusals } from './refusals.ts'
export { reasonPhrase, Status } from './status.ts'
export { formatSubprotocols, parseSubprotocols } from './subprotocols.ts'
export { parseWebSocketUrl, type WebSocketUrl } from './url.ts'
