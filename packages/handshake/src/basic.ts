/** Basic authorization (RFC 7617), which a user name and password in a URL become. */
import { encodeBase64 } from './native.ts'

// RFC 7617, 2: "The user-id and password MUST NOT contain any control characters".
const controlCharacter = /[\x00-\x1f\x7f]/

/** The value of Authorization for the percent-encoded credentials of a URL. Throws TypeError for what Basic cannot carry. */
export function formatBasic(credentials: { readonly username: string; readonly password: string }): string {
  const username = decode(credentials.username)
  const password = decode(credentials.password)
  // 2: "a user-id containing a colon character is invalid".
  if (username.includes(':')) throw new TypeError('a user name in a URL must not contain a colon')
  if (controlCharacter.test(username + password)) {
    throw new TypeError('user name and password in a URL must not contain control characters')
  }
  return `Basic ${encodeBase64(new TextEncoder().encode(`${username}:${password}`))}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TypeError('user name and password in a URL have to be percent-encoded UTF-8')
  }
}
