/**
 * The one place that looks for something outside the language: the host's own UTF-8 check, which Node, Deno and Bun have in
 * `node:buffer` and browsers have not.
 */

/** True when all of `bytes` is valid UTF-8. */
export type IsUtf8 = (bytes: Uint8Array) => boolean

/** The host's check, or null where there is none and the automaton does all the work. */
export const nativeIsUtf8: IsUtf8 | null =
  globalThis.process?.getBuiltinModule?.('node:buffer')?.isUtf8 ?? null
