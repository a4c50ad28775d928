/** What SECURITY.md and docs/security say: the numbers are those of the code, and the tests they name are there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Budget } from '@hybi/permessage-deflate'
import { describe, expect, test } from 'vitest'
import { defaultHeartbeat, defaultLimits, defaultTimeouts } from '../../../../packages/node/src/settings.ts'
import { clientBehaviours } from '../../../hostile/src/behaviours/of-client.ts'
import { serverBehaviours } from '../../../hostile/src/behaviours/of-server.ts'
import { root } from '../../src/workspace.ts'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const units: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, s: 1000 }

/** `16 MiB`, `131,072`, `10 s`, `none` as a number: octets, milliseconds, or how many. */
function readNumber(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY
  const [, digits = '', unit = ''] = /^([\d,]+) ?(KiB|MiB|s|)$/.exec(text) ?? []
  return digits === '' ? Number.NaN : Number(digits.replaceAll(',', '')) * (units[unit] ?? Number.NaN)
}

const named = (group: string, defaults: object): [string, number][] =>
  Object.entries(defaults).map(([name, value]) => [`${group}.${name}`, value])

/** What a constant of a file is set to. */
function constantIn(file: string, pattern: RegExp): number {
  const [, digits = ''] = pattern.exec(read(file)) ?? []
  return digits === '' ? Number.NaN : Number(digits.replaceAll('_', ''))
}

const { bytes, jobs, patienceMs } = new Budget()
const defaults = new Map<string, number>([
  ...named('limits', defaultLimits),
  ...named('timeouts', defaultTimeouts),
  ...named('heartbeat', defaultHeartbeat),
  ...named('budget', { bytes, jobs, patienceMs }),
  ['syncSize', constantIn('packages/permessage-deflate/src/options.ts', /DEFAULT_SYNC_SIZE = ([\d_]+)/)],
  ['maxRedirects', constantIn('packages/node/src/connect.ts', /maxRedirects = (\d+)/)],
  ['deadline', constantIn('packages/node/src/endpoint.ts', /CLOSE_DEADLINE_MS = ([\d_]+)/)],
])

const rows = read('SECURITY.md')
  .split('\n')
  .filter((line) => /^\| `/.test(line))
  .map((line) => line.split(' | '))

describe('the table of limits', () => {
  test('has a row for every option, in the order of the code', () => {
    expect(rows.map(([option = '']) => /`([^`]+)`/.exec(option)?.[1])).toEqual([...defaults.keys()])
  })

  test.each(rows)('%s: the default is %s', (option, text = '') => {
    expect(readNumber(text)).toBe(defaults.get(/`([^`]+)`/.exec(option ?? '')?.[1] ?? ''))
  })

  test.each(rows)('%s has a test', (...row) => {
    expect(row[3]).toMatch(/test\.ts\) “/)
  })
})

test('the doc comments of the settings name the defaults that the code has', () => {
  const source = read('packages/node/src/settings.ts').replace(/\n +\*(?!\/) ?/g, ' ')
  const wrong = [...defaults].filter(([option, value]) => {
    if (!/^(limits|timeouts|heartbeat)\./.test(option)) return false
    const name = option.replace(/^.*\./, '')
    const [, text = ''] =
      new RegExp(`Default ([^/]*?)\\. \\*/ +readonly ${name}:`).exec(source.replace(/\s+/g, ' ')) ?? []
    // Timeouts are written in milliseconds there.
    return readNumber(text === 'no limit' ? 'none' : text) !== value
  })
  expect(wrong).toEqual([])
})

test.each([...defaults.keys()].filter((name) => /^(limits|timeouts|heartbeat)\./.test(name)))(
  'the README of node has %s in its table, with its default',
  (option) => {
    const [group = '', name = ''] = option.split('.')
    const table = read('packages/node/README.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    const row = table.find(
      (line) => line.startsWith(`| \`${group}`) && new RegExp(`\\b${name}\\b`).test(line),
    )
    const said = rows.find(([own = '']) => own.includes(`\`${option}\``))?.[1] ?? ''
    expect(row).toContain(said)
  },
)

const behaviours = [...serverBehaviours, ...clientBehaviours].map(({ id }) => id)
const isBehaviour = (name: string): boolean => {
  const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
  return behaviours.some((id) => pattern.test(id))
}

describe.each([
  ['SECURITY.md', '.'],
  ['docs/security/threats.md', 'docs/security'],
])('%s', (file, folder) => {
  const text = read(file)

  test('names behaviours that there are', () => {
    const kinds = [...new Set(behaviours.map((id) => id.replace(/\..*/, '')))]
    const names = [...text.matchAll(new RegExp(`\`((?:${kinds.join('|')})\\.[a-z0-9.*-]+)\``, 'g'))]
    expect(names.length).toBeGreaterThan(0)
    expect(names.map(([, name = '']) => name).filter((name) => !isBehaviour(name))).toEqual([])
  })

  test('names tests that there are', () => {
    const links = [...text.matchAll(/\]\(([^)]+\.test\.ts)\)((?:,? “[^”]+”)+)/g)]
    expect(links.length).toBeGreaterThan(0)
    expect(text.match(/\.test\.ts\)/g)).toHaveLength(links.length)
    const missing = links.flatMap(([, path = '', titles = '']) => {
      const source = read(join(folder, path))
      return [...titles.matchAll(/“([^”]+)”/g)]
        .map(([, title = '']) => title)
        .filter((title) => !source.includes(`'${title}'`) && !source.includes(`"${title}"`))
        .map((title) => `${path}: ${title}`)
    })
    expect(missing).toEqual([])
  })
})
