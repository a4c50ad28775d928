/** Which status codes may stand in a Close frame (RFC 6455, 7.4, and the IANA registry it set up). */
import { StatusCode } from '@hybi/frame'

/** First and last code that libraries, frameworks and applications may use (7.4.2: 3000-3999 and 4000-4999). */
const FIRST_APPLICATION_CODE = 3000
const LAST_APPLICATION_CODE = 4999

/**
 * True for a status code that an endpoint may send: 1000-1003, 1007-1014 and 3000-4999. All others are reserved for
 * use inside an endpoint (1005, 1006, 1015), not defined (1004, 1016-2999) or not status codes at all.
 */
export function isCloseCodeAllowed(code: number): boolean {
  if (!Number.isInteger(code)) return false
  if (code >= FIRST_APPLICATION_CODE) return code <= LAST_APPLICATION_CODE
  if (code >= StatusCode.INVALID_PAYLOAD) return code <= StatusCode.BAD_GATEWAY
  return code >= StatusCode.NORMAL && code <= StatusCode.UNSUPPORTED_DATA
}
