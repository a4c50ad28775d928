/** The short run: a fixed number of inputs of each fuzzer, a second or two of work each, so that it has one answer. */

/** How many inputs, by the name of the fuzzer. */
export const shortRun: Readonly<Record<string, number>> = {
  utf8: 40_000,
  'frame-reader': 10_000,
  'frame-writer': 5000,
  'request-head': 5000,
  'response-head': 5000,
  extensions: 10_000,
  session: 10_000,
  'session-commands': 20_000,
  'session-memory': 5000,
  'session-pair': 10_000,
  'deflate-whole': 5000,
  'deflate-parts': 2000,
  'deflate-round-trip': 2000,
  'versus-ws': 5000,
  'versus-undici': 5000,
  'live-server': 200,
  'live-client': 200,
}
