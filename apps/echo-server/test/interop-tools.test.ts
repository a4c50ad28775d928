/** curl and openssl s_client: the opening handshake by programs that know HTTP and TLS and nothing else. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { encodeFrame, Opcode } from '@hybi/frame'
import { findTool } from '@hybi/test-support/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeBody, EchoProcess, schemes } from './support.ts'

let echo: EchoProcess
beforeAll(async () => {
  echo = await EchoProcess.listening()
})
afterAll(() => echo.stop())

const curl = findTool('curl')
const openssl = findTool('openssl')

/** RFC 6455, 1.3: the key of the example, and what it is answered. */
const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const upgradeLines = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${key}`,
]

describe.skipIf(curl === null).each(schemes)('curl over %s (needs curl)', (scheme) => {
  async function request(path: string, ...args: string[]): Promise<string> {
    const url = `${echo.url(scheme).replace('ws', 'http')}${path}`
    const { stdout } = await promisify(execFile)(curl ?? '', ['-siSk', '--http1.1', ...args, url])
    return stdout
  }

  it('gets the page', async () => {
    const answer = await request('/')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toContain('<title>hybi echo server</title>')
  })

  it('is told what it needs to be upgraded', async () => {
    const answer = await request('/socket')
    expect(answer).toMatch(/^HTTP\/1\.1 426 /)
    expect(answer).toMatch(/\r\nUpgrade: websocket\r\n/i)
  })

  it.each([
    ['405', '-X', 'POST'],
    ['400', '--http1.0', '--no-alpn', ...upgradeLines.flatMap((line) => ['-H', line])],
    ['426', ...upgradeLines.map((line) => line.replace('13', '12')).flatMap((line) => ['-H', line])],
  ])('is refused with %s for %s %s', async (status, ...args) => {
    expect(await request('/socket', ...args)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('is upgraded', async () => {
    const { port } = new URL(echo.url(scheme))
    const child = spawn(curl ?? '', [
      ...[
        '-sSkN',
        '-D',
        '-',
        '-o',
        '/dev/null',
        '--http1.1',
        ...upgradeLines.flatMap((line) => ['-H', line]),
      ],
      `${scheme === 'ws' ? 'http' : 'https'}://127.0.0.1:${port}/socket`,
    ])
    let answer = ''
    for await (const chunk of child.stdout) {
      answer += chunk
      if (answer.includes('\r\n\r\n')) break
    }
    child.kill()
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    expect(answer).toContain(`\r\nSec-WebSocket-Accept: ${accept}\r\n`)
  })
})

describe.skipIf(openssl === null)('openssl s_client (needs openssl)', () => {
  it.each(['-tls1_2', '-tls1_3'])(
    'over %s opens, gets its echo and its Close, and sees the server end TLS and TCP',
    async (version) => {
      const { host } = new URL(echo.url('wss'))
      const child = spawn(openssl ?? '', [
        ...['s_client', '-quiet', '-connect', host, '-servername', 'localhost', '-alpn', 'http/1.1', version],
      ])
      const output: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
      child.stdin.write(`GET /wss HTTP/1.1\r\nHost: ${host}\r\n${upgradeLines.join('\r\n')}\r\n\r\n`)
      child.stdin.write(encodeFrame({ opcode: Opcode.TEXT, maskingKey: 1 }, Buffer.from('hello')))
      child.stdin.write(encodeFrame({ opcode: Opcode.CLOSE, maskingKey: 2 }, closeBody(1000)))
      // It ends when the server has ended; its own input stays open.
      const [code] = await once(child, 'close')
      expect(code).toBe(0)
      const all = Buffer.concat(output)
      const head = all.subarray(0, all.indexOf('\r\n\r\n') + 4)
      expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
      expect(head.toString('latin1')).toContain(`\r\nSec-WebSocket-Accept: ${accept}\r\n`)
      expect(all.subarray(head.length).toString('hex')).toBe('810568656c6c6f880203e8')
    },
  )
})
