/** Status codes of Close frames (RFC 6455 section 7.4.1 and the IANA registry of section 11.7). */

/** Why a connection was closed. 1005, 1006 and 1015 are never sent: they stand for what no Close frame said. */
export const StatusCode = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  NO_STATUS: 1005,
  ABNORMAL: 1006,
  INVALID_PAYLOAD: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  MANDATORY_EXTENSION: 1010,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_GATEWAY: 1014,
  TLS_HANDSHAKE: 1015,
} as const
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode]
