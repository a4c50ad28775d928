import { describe, expect, it } from 'vitest'
import { decodeHeader, decodePayload } from '../../src/page/frame-fields.ts'
import {
  formatFragment,
  matchesFilters,
  matchesText,
  noFilters,
  parseFragment,
  verdictsOf,
} from '../../src/page/state.ts'
import {
  formatAt,
  formatCount,
  formatDuration,
  showControls,
  signOf,
  spaceHex,
} from '../../src/page/words.ts'
import type { PageCase, PageData } from '../../src/report/page-data.ts'
import { makeFrame } from '../report/fixtures.ts'

const makeCase = (id: string, title = ''): PageCase => ({
  id,
  title,
  section: 'Text',
  description: 'One frame.',
  expectation: 'An echo.',
  autobahn: true,
  severity: 'MUST',
  reason: '',
  rule: 'RFC 6455 5.2',
})
const agent = {
  role: 'server',
  target: null,
  profile: null,
  selected: 2,
  started: '',
  ended: null,
  ending: null,
  reason: '',
}
const data: PageData = {
  written: '',
  version: null,
  cases: [makeCase('1.1.1', 'short'), makeCase('1.1.10', 'long')],
  categories: [{ key: '1', title: 'Framing', autobahn: true, first: 0, count: 2 }],
  agents: [
    {
      ...agent,
      name: 'a/b #1',
      cells: [
        ['OK', 'OK', 1, 0, 1, 0],
        ['FAILED', 'WRONG CODE', 1, 1, 1, 1],
      ],
    },
    { ...agent, name: 'c', cells: [['OK', 'UNCLEAN', 1, 1, 1, 1], null] },
  ],
  cutLevel: 0,
}

describe('a frame taken apart', () => {
  const fieldsOf = (overrides: Parameters<typeof makeFrame>[0]) =>
    decodeHeader(makeFrame(overrides)).map(({ name, value, meaning }) => `${name}=${value} ${meaning}`)

  it('says the fields of section 5.2 in their order', () => {
    expect(fieldsOf({})).toEqual([
      'FIN=1 last fragment',
      'RSV=000 none set',
      'opcode=0001 0x1 Text',
      'MASK=1 masked',
      'length=0000101 5 octets',
      'masking key=37fa213d 32 bits, fresh for each frame',
    ])
  })

  it('says reserved bits and opcodes, and lengths of 16 and 64 bits', () => {
    const medium = {
      fin: false,
      rsv: 5,
      opcode: 11,
      masked: false,
      maskingKey: null,
      length: 300,
      lengthBytes: 2,
      headerHex: '5b7e012c',
    } as const
    expect(fieldsOf(medium)).toEqual([
      'FIN=0 more follow',
      'RSV=101 RSV1, RSV3',
      'opcode=1011 0xb Reserved 11',
      'MASK=0 not masked',
      'length=1111110 126: the next 2 octets',
      'extended length=012c 300 octets',
    ])
    const large = {
      masked: false,
      maskingKey: null,
      length: 65_536,
      lengthBytes: 8,
      headerHex: '827f0000000000010000',
    } as const
    expect(fieldsOf(large).slice(-2)).toEqual([
      'length=1111111 127: the next 8 octets',
      'extended length=0000000000010000 65\u202f536 octets',
    ])
  })

  it('composes the header of a report that has none', () => {
    expect(fieldsOf({ headerHex: '', length: 300 })[4]).toBe('length=1111110 126: the next 2 octets')
    expect(fieldsOf({ headerHex: '', length: 70_000, masked: false, maskingKey: null })[4]).toBe(
      'length=1111111 127: the next 8 octets',
    )
    expect(fieldsOf({ headerHex: '', length: 1 })[4]).toBe('length=0000001 1 octet')
  })

  it('splits the body of a Close', () => {
    const close = makeFrame({
      opcode: 8,
      payloadHex: '03ea6279 65'.replace(' ', ''),
      close: { code: 1002, reason: 'bye' },
    })
    expect(decodePayload(close).map(({ name, value, meaning }) => [name, value, meaning])).toEqual([
      ['status code', '03ea', '1002 protocol error'],
      ['reason', '627965', 'bye'],
    ])
    expect(decodePayload(makeFrame({ payloadHex: '' }))).toEqual([])
  })
})

describe('filters', () => {
  it('look for every word, in any case, in the text of a case', () => {
    expect(matchesText(makeCase('1.1.1', 'Long text'), 'TEXT  long')).toBe(true)
    expect(matchesText(makeCase('1.1.1', 'Long text'), 'long nothing')).toBe(false)
    expect(matchesText(makeCase('1.1.1'), 'rfc 6455')).toBe(true)
  })

  it('take the beginning of an id, whole part by whole part unless a star says otherwise', () => {
    expect(matchesText(makeCase('1.1.10'), '1.1')).toBe(true)
    expect(matchesText(makeCase('1.1.10'), '1.1.1')).toBe(false)
    expect(matchesText(makeCase('1.1.10'), '1.1.1*')).toBe(true)
    expect(matchesText(makeCase('11.1'), '1')).toBe(false)
  })

  it('combine', () => {
    expect(matchesFilters(data, 0, noFilters)).toBe(true)
    expect(matchesFilters(data, 0, { ...noFilters, verdicts: new Set(['UNCLEAN']) })).toBe(true)
    expect(matchesFilters(data, 0, { ...noFilters, verdicts: new Set(['UNCLEAN']), text: 'long' })).toBe(
      false,
    )
    expect(matchesFilters(data, 1, { ...noFilters, verdicts: new Set(['NOT RUN']) })).toBe(true)
    expect(matchesFilters(data, 0, { ...noFilters, category: '2' })).toBe(false)
    expect(matchesFilters(data, 0, { ...noFilters, differing: true })).toBe(true)
    expect(matchesFilters(data, 2, noFilters)).toBe(false)
  })

  it('know a cell by both its verdicts where both say something', () => {
    expect(verdictsOf(['OK', 'UNCLEAN', 1, 1, 1, 1])).toEqual(['UNCLEAN'])
    expect(verdictsOf(['FAILED', 'WRONG CODE', 1, 1, 1, 1])).toEqual(['FAILED', 'WRONG CODE'])
    expect(verdictsOf(['INFORMATIONAL', 'INFORMATIONAL', 1, 0, 1, 0])).toEqual(['INFORMATIONAL'])
  })
})

describe('the address of a case', () => {
  it('names agent and case, whatever their characters', () => {
    const fragment = formatFragment(data, { agent: 0, case: 1 })
    expect(fragment).toBe('#a%2Fb%20%231/1.1.10')
    expect(parseFragment(data, fragment)).toEqual({ agent: 0, case: 1 })
  })

  it.each(['', '#', '#c', '#c/9.9', '#x/1.1.1', '#%E0%A4%A/1.1.1'])('%j names none', (fragment) => {
    expect(parseFragment(data, fragment)).toBeNull()
  })
})

describe('words', () => {
  it('are short for times and counts', () => {
    expect([0.5, 999, 1500, 60_000, 125_400].map(formatDuration)).toEqual([
      '1 ms',
      '999 ms',
      '1.5 s',
      '1 min',
      '2 min 5 s',
    ])
    expect([1.25, 1234.56, Number.NaN, null].map(formatAt)).toEqual(['1.250 ms', '1.2346 s', '', ''])
    expect(formatCount(1_234_567)).toBe('1\u202f234\u202f567')
    expect(spaceHex('0a0b0c')).toBe('0a 0b 0c')
  })

  it('show what would disorder a page', () => {
    expect(showControls('a\u0000\n\u202eb\u200b')).toBe('a␀␊\\u202eb\\u200b')
  })

  it('have a sign for every verdict, and one for what is none', () => {
    expect(signOf('OK').sign).toBe('✓')
    expect(signOf('constructor')).toEqual({ sign: '?', tone: 'none', short: 'constructor' })
  })
})
