import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { selectCases } from '../src/catalogue.ts'
import type { CaseRecord } from '../src/record.ts'
import { runClientRole } from '../src/run-client.ts'
import type { ClientRunOptions, RunOutcome } from '../src/runner.ts'
import { type EchoTarget, startWsServer } from './ws-target.ts'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function ws(...options: Parameters<typeof startWsServer>): Promise<EchoTarget> {
  const target = await startWsServer(...options)
  closing.push(() => target.close())
  return target
}

async function run(
  url: string,
  patterns: readonly string[],
  options: Partial<ClientRunOptions> = {},
): Promise<{ readonly outcome: RunOutcome; readonly records: readonly CaseRecord[] }> {
  const records: CaseRecord[] = []
  const outcome = await runClientRole(
    url,
    selectCases(patterns, [], 'server'),
    { agent: 'test', ...options },
    {
      onRecord: (record) => {
        records.push(record)
      },
    },
  )
  return { outcome, records }
}

const idsOf = (records: readonly CaseRecord[], wanted: (record: CaseRecord) => boolean): string[] =>
  records
    .filter(wanted)
    .map(({ id }) => id)
    .sort()

const BASE = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*']
const FAIL_FAST = ['6.4.1', '6.4.2', '6.4.3', '6.4.4']
const INFORMATIONAL = ['7.1.6', '7.13.1', '7.13.2']

describe('ws as a server', () => {
  it('scores what Autobahn gives it, with its default limits', async () => {
    const { url } = await ws()
    const { outcome, records } = await run(url, [...BASE, '9.3.*', '9.4.*'])
    expect(outcome).toEqual({ ending: 'completed', reason: '', finished: 265, total: 265 })
    expect(idsOf(records, ({ behavior }) => behavior === 'FAILED')).toEqual([
      '9.3.1',
      '9.3.2',
      '9.4.1',
      '9.4.2',
    ])
    expect(idsOf(records, ({ behavior }) => behavior === 'NON-STRICT')).toEqual(FAIL_FAST)
    expect(idsOf(records, ({ behavior }) => behavior === 'INFORMATIONAL')).toEqual(INFORMATIONAL)
    expect(idsOf(records, ({ behaviorClose }) => behaviorClose === 'UNCLEAN')).toEqual([])
  }, 30_000)

  it('fails exactly the invalid texts and 7.5.1 without its UTF-8 checks', async () => {
    const { url } = await ws({ skipUTF8Validation: true })
    const { records } = await run(url, ['6.*', '7.*'])
    const failed = idsOf(records, ({ behavior }) => behavior === 'FAILED')
    expect(failed).toHaveLength(76)
    expect(failed.filter((id) => !id.startsWith('6.'))).toEqual(['7.5.1'])
    const valid = selectCases(['6.*'], [], 'server').filter(
      ({ plan }) => plan.kind === 'script' && plan.close.closedByMe,
    )
    expect(valid.filter(({ id }) => failed.includes(id))).toEqual([])
  }, 30_000)

  it('echoes a thousand compressed messages, or fewer in the quick profile', async () => {
    const { url } = await ws()
    const { records } = await run(url, ['12.1.1', '13.5.3'])
    expect(records.map(({ behavior }) => behavior)).toEqual(['OK', 'OK'])
    expect(records[0]?.trafficStats?.incomingWebSocketMessages).toBe(1000)
    const quick = await run(url, ['12.5.11'], { profile: 'quick' })
    expect(quick.records[0]).toMatchObject({ behavior: 'OK', reducedTo: { messages: 50, of: 1000 } })
  }, 30_000)

  it('is UNIMPLEMENTED in 12 and 13 without permessage-deflate', async () => {
    const { url } = await ws({ perMessageDeflate: false })
    const { records } = await run(url, ['12.1.1', '13.3.1'])
    expect(records.map(({ behavior, behaviorClose }) => [behavior, behaviorClose])).toEqual([
      ['UNIMPLEMENTED', 'OK'],
      ['UNIMPLEMENTED', 'OK'],
    ])
  })

  it('keeps time, decoded fields and the end of TCP of each case', async () => {
    const { url } = await ws()
    const { records } = await run(url, ['5.6'])
    const [record] = records
    expect(record?.httpRequest).toMatch(/^GET \/ HTTP\/1\.1\r\n/)
    expect(record?.httpResponse).toMatch(/^HTTP\/1\.1 101 /)
    expect(record?.received).toEqual([
      ['pong', 'ping payload'],
      ['message', 'fragment1fragment2', false],
    ])
    const frames = record?.log.filter((entry) => entry.kind === 'frame') ?? []
    expect(frames.map(({ direction, opcode }) => `${direction} ${opcode}`)).toEqual([
      'sent 1',
      'sent 9',
      'sent 0',
      'received 10',
      'received 1',
      'sent 8',
      'received 8',
    ])
    expect(frames[0]).toMatchObject({ masked: true, payload: 'fragment1', fin: false, headerHex: /^0189/ })
    expect(frames.at(-1)).toMatchObject({ close: { code: 1000, reason: '' } })
    const times = record?.log.map(({ at }) => at) ?? []
    expect([...times].sort((a, b) => a - b)).toEqual(times)
    expect(record?.ending).toMatchObject({ first: 'peer', resetAt: null, octetsAfterClose: 0 })
    expect(record?.rxFrameStats).toEqual({ 1: 1, 8: 1, 10: 1 })
  })
})

describe('an endpoint that is not there', () => {
  async function listen(
    accept: (socket: Socket) => void,
  ): Promise<{ readonly url: string; readonly server: Server }> {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      accept(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
  }

  it('is unreachable', async () => {
    const { url, server } = await listen(() => undefined)
    await new Promise((resolve) => server.close(resolve))
    const { outcome, records } = await run(url, ['1.1.*'])
    expect(outcome).toMatchObject({ ending: 'unreachable', finished: 0, reason: /ECONNREFUSED/ })
    expect(records).toEqual([])
  })

  it('has died when later connections are refused', async () => {
    const target = await startWsServer()
    const records: CaseRecord[] = []
    const outcome = await runClientRole(
      target.url,
      selectCases(['1.*', '2.*'], [], 'server'),
      { agent: 'test', concurrency: 1 },
      {
        onRecord: async (record) => {
          records.push(record)
          if (records.length === 1) await target.close()
        },
      },
    )
    expect(outcome.ending).toBe('died')
    expect(outcome.finished).toBe(records.length)
  })

  it('is not taken for good when it does not speak WebSocket', async () => {
    const { url } = await listen((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const { outcome, records } = await run(url, ['1.1.1'])
    expect(outcome.ending).toBe('completed')
    expect(records[0]).toMatchObject({ behavior: 'FAILED', behaviorClose: 'FAILED' })
  })

  it('is given up when it refuses every opening handshake', async () => {
    const { url } = await listen((socket) =>
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'),
    )
    const { outcome, records } = await run(url, ['1.*', '2.*', '12.*'])
    expect(outcome).toMatchObject({
      ending: 'unreachable',
      finished: 10,
      reason: /opens no WebSocket: .* status 401/,
    })
    expect(records.map(({ behavior }) => behavior)).toEqual(Array(10).fill('FAILED'))
  })

  it('is tested on when it refuses most opening handshakes, but not all', async () => {
    let accepted = 0
    const target = await ws()
    const { url } = await listen((socket) => {
      if (++accepted % 8 !== 0) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
        return
      }
      const onward = connect(Number(new URL(target.url).port), '127.0.0.1')
      onward.on('error', () => undefined)
      pipeline(socket, onward, socket, () => undefined)
    })
    const { outcome, records } = await run(url, ['1.*', '2.*'], { concurrency: 1 })
    expect(outcome).toMatchObject({ ending: 'completed', finished: 27 })
    expect(idsOf(records, ({ behavior }) => behavior === 'OK')).toHaveLength(3)
  })

  it('is given up when it does not answer the opening handshake', async () => {
    const { url } = await listen(() => undefined)
    const { outcome, records } = await run(url, ['1.1.*'])
    expect(outcome).toMatchObject({ ending: 'not-answering', reason: /opening handshake/ })
    expect(records.length).toBeLessThan(8)
  }, 15_000)

  it('is named by a URL', async () => {
    await expect(run('http://localhost', ['1.1.1'])).rejects.toThrow('ws:// or wss://')
    await expect(run('nonsense', ['1.1.1'])).rejects.toThrow('not a URL')
  })

  it('ends when it is told to', async () => {
    const { url } = await ws()
    const controller = new AbortController()
    const records: CaseRecord[] = []
    const outcome = await runClientRole(
      url,
      selectCases(['1.*', '2.*'], [], 'server'),
      { agent: 'test', concurrency: 1, signal: controller.signal },
      {
        onRecord: (record) => {
          records.push(record)
          controller.abort()
        },
      },
    )
    expect(outcome.ending).toBe('aborted')
    expect(records).toHaveLength(1)
  })
})
