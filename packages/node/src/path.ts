/** Which request targets are WebSockets. */

/** One path, several, or a function that says; a path is what stands before the query, e.g. `/chat`. */
export type PathOption = string | readonly string[] | ((path: string) => boolean)

/** True for the paths of an endpoint. */
export type PathFilter = (path: string) => boolean

/** Makes the filter; without an option every path passes. Throws a TypeError for what is not a path. */
export function createPathFilter(option: PathOption | undefined): PathFilter {
  if (option === undefined) return () => true
  if (typeof option === 'function') return option
  const paths = typeof option === 'string' ? [option] : option
  for (const path of paths) {
    if (typeof path !== 'string' || !path.startsWith('/') || /[?#]/.test(path)) {
      throw new TypeError(`a path must begin with "/" and have no query, but was ${JSON.stringify(path)}`)
    }
  }
  return (path) => paths.includes(path)
}

/** The path and the query of a request target. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  // RFC 9112, 3.2.2: a target may be a whole URI.
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(target)?.[0].length ?? 0
  const mark = target.indexOf('?', origin)
  const path = target.slice(origin, mark === -1 ? undefined : mark)
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : target.slice(mark + 1) }
}
