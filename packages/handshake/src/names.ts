/** Names and values that the opening handshake fixes; header names in the lower case in which they are looked up. */

/** The version of HTTP that is written. */
export const HTTP_VERSION = '1.1'

/** The version of the protocol, as Sec-WebSocket-Version says it (4.1). */
export const WEBSOCKET_VERSION = '13'

/** Header names. */
export const Name = {
  ACCEPT: 'sec-websocket-accept',
  AUTHORIZATION: 'authorization',
  CONNECTION: 'connection',
  CONTENT_LENGTH: 'content-length',
  CONTENT_TYPE: 'content-type',
  EXTENSIONS: 'sec-websocket-extensions',
  HOST: 'host',
  KEY: 'sec-websocket-key',
  ORIGIN: 'origin',
  PROTOCOL: 'sec-websocket-protocol',
  TRANSFER_ENCODING: 'transfer-encoding',
  UPGRADE: 'upgrade',
  VERSION: 'sec-websocket-version',
} as const
