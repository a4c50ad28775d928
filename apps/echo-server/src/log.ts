/** One line an event on stderr, as text for people or JSON for machines. */

export const logLevels = ['silent', 'error', 'info', 'debug'] as const
export const logFormats = ['text', 'json'] as const
export type LogLevel = (typeof logLevels)[number]
export type LogFormat = (typeof logFormats)[number]
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export interface Log {
  /** True when events of this level are written: whoever logs often asks once, and leaves the work undone. */
  writes(level: LogLevel): boolean
  error(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  debug(event: string, fields?: LogFields): void
}

/** What a peer chose may hold anything: it never begins a line of its own or moves the cursor. */
const printable = (value: string | number | boolean): string =>
  typeof value === 'string' && !/^[\w.:/@-]+$/.test(value)
    ? escapeControls(JSON.stringify(value))
    : String(value)

/** JSON leaves DEL, the C1 controls and the line separators of Unicode as they are. */
const escapeControls = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function asText(event: string, fields: LogFields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${printable(value)}`],
  )
  return [event, ...pairs].join(' ')
}

/** A log that writes what `level` lets through. */
export function makeLog(
  level: LogLevel,
  format: LogFormat,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): Log {
  const writes = (asked: LogLevel): boolean => logLevels.indexOf(asked) <= logLevels.indexOf(level)
  const at =
    (own: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (!writes(own)) return
      const time = now().toISOString()
      write(
        format === 'json'
          ? `${escapeControls(JSON.stringify({ time, level: own, event, ...fields }))}\n`
          : `${time} ${asText(event, fields)}\n`,
      )
    }
  return { writes, error: at('error'), info: at('info'), debug: at('debug') }
}
