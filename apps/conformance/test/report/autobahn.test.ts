import { describe, expect, it } from 'vitest'
import {
  caseFileName,
  formatAgentForFile,
  toAutobahnCase,
  toIndexEntry,
  toWireLog,
} from '../../src/report/autobahn.ts'
import { fromAutobahnCase } from '../../src/report/autobahn-import.ts'
import { echoLog, makeDefinition, makeFrame, makeRecord } from './fixtures.ts'

describe('file names', () => {
  it('are the agent in lower case with an underscore for all but a to z and 0 to 9', () => {
    expect(formatAgentForFile('WS 8.23.0/β')).toBe('ws_8_23_0__')
    expect(caseFileName('ws_8', '12.1.18')).toBe('ws_8_case_12_1_18.json')
  })
})

describe('the JSON of a case', () => {
  it('has the fields of Autobahn and no others', () => {
    expect(Object.keys(toAutobahnCase(makeRecord())).sort()).toEqual(
      [
        'agent',
        'behavior',
        'behaviorClose',
        'case',
        'closedByMe',
        'createStats',
        'createWirelog',
        'description',
        'droppedByMe',
        'duration',
        'expectation',
        'expected',
        'expectedClose',
        'failedByMe',
        'httpRequest',
        'httpResponse',
        'id',
        'isServer',
        'localCloseCode',
        'localCloseReason',
        'received',
        'remoteCloseCode',
        'remoteCloseReason',
        'reportCompressionRatio',
        'reportTime',
        'result',
        'resultClose',
        'rxFrameStats',
        'rxOctetStats',
        'started',
        'trafficStats',
        'txFrameStats',
        'txOctetStats',
        'wasClean',
        'wasCloseHandshakeTimeout',
        'wasNotCleanReason',
        'wasOpenHandshakeTimeout',
        'wasServerConnectionDropTimeout',
        'wirelog',
      ].sort(),
    )
  })

  it('has its row in the index', () => {
    expect(toIndexEntry(makeRecord(), 'a_case_1_1_2.json')).toEqual({
      behavior: 'OK',
      behaviorClose: 'OK',
      duration: 4,
      remoteCloseCode: 1000,
      reportfile: 'a_case_1_1_2.json',
    })
  })
})

describe('the wire log', () => {
  it('has the rows of Autobahn in its forms', () => {
    expect(toWireLog(echoLog)).toEqual([
      ['TF', [5, 'Hello'], 1, true, 0, '37fa213d', null, null, false],
      ['TO', [11, '818537fa213d7f9f4d5158'], false],
      ['KL', 1],
      ['RO', [7, '810548656c6c6f']],
      ['RF', [5, 'Hello'], 1, true, 0, false, null],
      ['TF', [2, '0x03e8'], 8, true, 0, '01020304', null, null, false],
      ['TO', [8, '88820102030402ea'], false],
      ['RO', [4, '880203e8']],
      ['RF', [2, '0x03e8'], 8, true, 0, false, null],
    ])
  })

  it('has the waits and the switch of the log', () => {
    expect(
      toWireLog([
        { kind: 'timer', at: 1, timer: 'wait', event: 'armed', delayMs: 1500, tag: 'A' },
        { kind: 'timer', at: 2, timer: 'wait', event: 'expired', tag: 'A' },
        { kind: 'timer', at: 3, timer: 'kill', event: 'expired' },
        { kind: 'timer', at: 4, timer: 'close', event: 'armed', delayMs: 10_000 },
        { kind: 'timer', at: 5, timer: 'close', event: 'expired' },
        { kind: 'logging', at: 6, on: false },
        { kind: 'note', at: 7, text: 'nothing of Autobahn’s' },
        { kind: 'transport', at: 8, direction: 'received', event: 'fin' },
      ]),
    ).toEqual([['CT', 1.5, 'A'], ['CTE', 'A'], ['KLE'], ['TI', 10], ['TIE'], ['WLM', false]])
  })

  it('marks what was cut, and says chops, repeats and flushes', () => {
    const long = makeFrame({
      length: 65_536,
      payload: '*'.repeat(64),
      repeated: true,
      chop: 997,
      flushed: true,
    })
    expect(toWireLog([long])).toEqual([
      ['TF', [65_536, `${'*'.repeat(64)} ...`], 1, true, 0, '37fa213d', 65_536, 997, true],
    ])
    const octets = { kind: 'octets', at: 1, direction: 'sent', length: 65, hex: '00', flushed: true } as const
    expect(toWireLog([octets])).toEqual([['TO', [65, '00 ...'], true]])
  })
})

describe('a report of Autobahn itself', () => {
  it('becomes records again: what is written is read as it was', () => {
    const record = makeRecord({ agent: 'ws', log: echoLog.filter(({ kind }) => kind !== 'transport') })
    const written = toAutobahnCase(record)
    const read = fromAutobahnCase('ws', '1.1.2', toIndexEntry(record, 'x.json'), written, makeDefinition())
    expect(toAutobahnCase(read)).toEqual(written)
    expect(read.title).toBe('text message of 125 octets')
    expect(read.log.every(({ at }) => Number.isNaN(at))).toBe(true)
  })

  it('is read even when nothing but the index is there', () => {
    const record = fromAutobahnCase(
      'ws',
      '1.1.1',
      { behavior: 'OK', behaviorClose: 'UNCLEAN' },
      {},
      undefined,
    )
    expect(record).toMatchObject({
      behavior: 'OK',
      behaviorClose: 'UNCLEAN',
      category: 'Category 1',
      log: [],
    })
  })

  it('loses its HTML and its nulls', () => {
    const details = { description: 'a <b>bold</b><br/>word', rxOctetStats: null } as never
    const record = fromAutobahnCase('ws', '1.1.1', {}, details, undefined)
    expect(record.description).toBe('a bold word')
    expect(record.rxOctetStats).toEqual({})
    expect(record.behavior).toBe('FAILED')
  })

  it('keeps the times and tags of its timers', () => {
    const wirelog = [
      ['CT', 2, 'B'],
      ['CTE', 'B'],
      ['KL', 1],
      ['KLE'],
      ['TI', 3],
      ['TIE'],
      ['WLM', true],
      ['??'],
    ]
    const record = fromAutobahnCase('ws', '1.1.1', {}, { wirelog } as never, undefined)
    expect(toWireLog(record.log)).toEqual(wirelog.slice(0, -1))
  })
})
