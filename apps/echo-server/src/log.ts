/** One line an event on stderr, as text for people or JSON for machines. */

export const logLevels = ['silent', 'error', 'info', 'debug'] as const
export const logFormats = ['text', 'json'] as const
export type LogLevel = (typeof logLevels)[number]
export type LogFormat = (typeof logFormats)[number]
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export interface Log {
  error(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  debug(event: string, fields?: LogFields): void
}

/** What a peer chose may hold anything: it never begins a line of its own or moves the cursor. */
const printable = (value: string | number | boolean): string =>
  typeof value === 'string' && !/^[\w.:/@-]+$/.test(value) ? JSON.stringify(value) : String(value)

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
  const threshold = logLevels.indexOf(level)
  const at =
    (own: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(own) > threshold) return
      const time = now().toISOString()
      write(
        format === 'json'
          ? `${JSON.stringify({ time, level: own, event, ...fields })}\n`
          : `${time} ${asText(event, fields)}\n`,
      )
    }
  return { error: at('error'), info: at('info'), debug: at('debug') }
}
