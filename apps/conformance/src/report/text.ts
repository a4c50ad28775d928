/** Words of the peer in the languages of the reports: escaped, so that no agent name or payload can act. */

/** For HTML text and attribute values in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** For XML 1.0: as HTML, and characters that XML cannot hold become U+FFFD. */
export const escapeXml = (text: string): string =>
  escapeHtml(text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}'))

/** For one cell of a Markdown table or one line of Markdown: no line breaks, no markup, no HTML, no mentions. */
export const escapeMarkdown = (text: string): string =>
  toOneLine(text)
    .replace(/[\\`*_{}[\]()#+!|~$-]/g, '\\$&')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('@', '&#64;')
    .replace(/:\/\//g, '&#58;//')

/** For a terminal or a log: one line, control characters (and with them every escape sequence) made visible. */
export const toOneLine = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, '\u{FFFD}')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )

/** A name of the peer's choice at the beginning of a line of a log: it cannot be a command to GitHub (`::…`). */
export const toLogName = (name: string): string => toOneLine(name).replace(/:(?=:)/g, ': ')

/** JSON that may stand inside a script element of an HTML page. */
export const escapeJsonForHtml = (json: string): string =>
  json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
