/** The target of a request (RFC 9112, 3.2). */
import { isVisible, parseAuthority } from './grammar.ts'

/** What a target asks for. */
export interface Target {
  /** Path and query; begins with `/`. */
  readonly resourceName: string
  /** Host and port, when the target names them. */
  readonly authority: string | undefined
}

const absoluteForm = /^https?:\/\/([^/?]*)(.*)$/i

/**
 * Reads a target in origin-form (`/path?query`) or absolute-form (`http://host/path?query`). Null for the other forms, for a
 * fragment, and for a user name or password in the URI.
 */
export function parseTarget(target: string): Target | null {
  // RFC 3986 has no place for a `#` in a path or a query.
  if (!isVisible(target) || target.includes('#')) return null
  if (target.startsWith('/')) return { resourceName: target, authority: undefined }
  const match = absoluteForm.exec(target)
  if (match === null) return null
  const [, authority, rest] = match
  if (parseAuthority(authority) === null) return null
  return { resourceName: rest.startsWith('/') ? rest : `/${rest}`, authority }
}
