import { expect, it } from 'vitest'
import { type LogFormat, type LogLevel, makeLog } from '../src/log.ts'

function logged(level: LogLevel, format: LogFormat): { log: ReturnType<typeof makeLog>; lines: string[] } {
  const lines: string[] = []
  const log = makeLog(
    level,
    format,
    (line) => lines.push(line),
    () => new Date(0),
  )
  return { log, lines }
}

it('writes an event with its fields on one line', () => {
  const { log, lines } = logged('info', 'text')
  log.info('open', { peer: '127.0.0.1', path: undefined, clean: true, code: 1000 })
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z open peer=127.0.0.1 clean=true code=1000\n'])
})

it('never lets what a peer chose begin a line or move the cursor', () => {
  const { log, lines } = logged('info', 'text')
  log.info('close', { reason: 'bye\n\u001b[2Jopen peer="root"' })
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z close reason="bye\\n\\u001b[2Jopen peer=\\"root\\""\n'])
})

it('writes one JSON object a line', () => {
  const { log, lines } = logged('debug', 'json')
  log.debug('message', { octets: 5 })
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'debug',
    event: 'message',
    octets: 5,
  })
})

it.each([
  ['silent', 0],
  ['error', 1],
  ['info', 2],
  ['debug', 3],
] as const)('at level %s lets %i of error, info and debug through', (level, count) => {
  const { log, lines } = logged(level, 'text')
  log.error('a')
  log.info('b')
  log.debug('c')
  expect(lines).toHaveLength(count)
})
