/** The command as a shell meets it: outputs, exit codes, signals. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { Opcode } from '@hybi/frame'
import { describe, expect, it, onTestFinished } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { makeCertificate } from '../src/certificate.ts'
import { EchoProcess, RawPeer, schemes } from './support.ts'

/** Runs the command to its end. */
async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const echo = new EchoProcess(args)
  const { code } = await echo.exited
  return { code, stdout: echo.stdout, stderr: echo.stderr }
}

async function listening(args: readonly string[] = [], options = {}): Promise<EchoProcess> {
  const echo = await EchoProcess.listening(args, options)
  onTestFinished(async () => {
    echo.kill('SIGKILL')
    await echo.exited
  })
  return echo
}

describe('the output', () => {
  it('says on stdout where it listens and nothing else, and logs on stderr', async () => {
    const echo = await listening()
    for (const scheme of schemes) expect(await (await RawPeer.open(echo.url(scheme))).close()).toBe(1000)
    await echo.until(() => echo.stderr.match(/ close /g)?.length === 2)
    expect(await echo.stop()).toEqual({ code: 0, signal: null })
    expect(echo.stdout).toMatch(/^listening ws:\/\/127\.0\.0\.1:\d+\nlistening wss:\/\/127\.0\.0\.1:\d+\n$/)
    expect(echo.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/ open peer=127\.0\.0\.1 target=\/$/),
      expect.stringMatching(/ (open|close) /),
      expect.stringMatching(/ (open|close) /),
      expect.stringMatching(/ close .*code=1000 wasClean=true/),
      expect.stringMatching(/ draining signal=SIGTERM$/),
    ])
  })

  it('is silent on stderr with --log-level silent', async () => {
    const echo = await listening(['--log-level', 'silent'])
    await (await RawPeer.open(echo.url('ws'))).close()
    await echo.stop()
    expect(echo.stderr).toBe('')
  })

  it.each([
    ['--no-tls', /^listening ws:\/\/127\.0\.0\.1:\d+\n$/],
    ['--no-plain', /^listening wss:\/\/127\.0\.0\.1:\d+\n$/],
  ])('with %s is one line', async (option, output) => {
    const echo = await listening([option])
    expect(echo.stdout).toMatch(output)
  })

  it('writes an IPv6 address as URLs do', async () => {
    const echo = await listening(['--host', '::1', '--no-tls'])
    expect(echo.stdout).toMatch(/^listening ws:\/\/\[::1\]:\d+\n$/)
    expect(await (await RawPeer.open(echo.url('ws'))).close()).toBe(1000)
  })

  it('of --version is the version', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  })

  it('of --help names every option', async () => {
    const { code, stdout, stderr } = await run('--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: hybi-echo /)
    for (const option of [
      ...['--host', '--port', '--tls-port', '--no-tls', '--no-plain', '--cert', '--key', '--path'],
      ...['--no-deflate', '--max-message-size', '--origin', '--workers', '--drain-timeout', '--log-level'],
      ...['--log-format', '--version', '--help'],
    ]) {
      expect(stdout).toContain(`${option} `)
    }
  })
})

describe('an error', () => {
  it.each([
    [['--port', '70000'], /^hybi-echo: option '--port <n>' .*from 0 to 65535\.\n$/],
    [['--prot', '1'], /^hybi-echo: unknown option '--prot' \(Did you mean --port\?\)\n$/],
    [['--cert', 'only.pem'], /^hybi-echo: --cert and --key go together\n$/],
  ])('of use (%j) is one line and exit code 2', async (args, line) => {
    expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(line) })
  })

  it.each(['1', '2'])('about a port in use is one line and exit code 1, with %s workers', async (workers) => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const address = taken.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    expect(
      await run('--port', '0', '--tls-port', port, '--workers', workers, '--log-level', 'silent'),
    ).toEqual({ code: 1, stdout: '', stderr: `hybi-echo: port ${port} on 127.0.0.1 is in use\n` })
  })

  it('about a certificate is one line and exit code 1', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hybi-echo-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'cert.pem')
    await writeFile(file, 'no PEM at all')
    expect(await run('--port', '0', '--tls-port', '0', '--cert', file, '--key', file)).toEqual({
      code: 1,
      stdout: '',
      stderr: `hybi-echo: ${file} holds no usable certificate in PEM\n`,
    })
  })

  it('about an address that is not this machine is one line and exit code 1', async () => {
    const { code, stdout, stderr } = await run('--host', '192.0.2.1')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^hybi-echo: this machine has no such address: .*192\.0\.2\.1.*\n$/)
  })
})

it('serves with the certificate that it was given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hybi-echo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { cert, key } = await makeCertificate('echo.example')
  await writeFile(join(folder, 'cert.pem'), cert)
  await writeFile(join(folder, 'key.pem'), key)
  const echo = await listening([
    '--no-plain',
    '--cert',
    join(folder, 'cert.pem'),
    '--key',
    join(folder, 'key.pem'),
  ])
  const { port } = new URL(echo.url('wss'))
  // Verified: the certificate is its own authority.
  const socket = connectTls({ host: '127.0.0.1', port: Number(port), ca: cert, servername: 'echo.example' })
  await once(socket, 'secureConnect')
  expect(socket.authorized).toBe(true)
  socket.destroy()
})

describe.each(['1', '2'])('with %s workers', (workers) => {
  describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
    it('closes every connection with 1001 and exits with 0', async () => {
      const echo = await listening(['--workers', workers])
      const peers = await Promise.all(
        schemes.flatMap((scheme) => [RawPeer.open(echo.url(scheme)), RawPeer.open(echo.url(scheme))]),
      )
      for (const peer of peers) {
        peer.send(Opcode.TEXT, 'before')
        expect((await peer.frame())?.payload.toString()).toBe('before')
      }
      echo.kill(signal)
      for (const peer of peers) {
        const close = await peer.frame()
        expect(close?.opcode).toBe(Opcode.CLOSE)
        expect(close?.payload.readUInt16BE(0)).toBe(1001)
        peer.send(Opcode.CLOSE, close?.payload)
        await peer.ended
        peer.socket.end()
      }
      expect(await echo.exited).toEqual({ code: 0, signal: null })
    })

    it('a second time ends it at once', async () => {
      const echo = await listening(['--workers', workers, '--drain-timeout', '3600000'])
      const peer = await RawPeer.open(echo.url('ws'))
      echo.kill(signal)
      // It drains, and waits for this peer, which does not answer.
      expect((await peer.frame())?.opcode).toBe(Opcode.CLOSE)
      echo.kill(signal)
      expect(await echo.exited).toEqual({ code: signal === 'SIGINT' ? 130 : 143, signal: null })
      await peer.ended.catch(() => undefined)
    })
  })

  it('drops at the drain timeout whoever has not answered, and exits with 0', async () => {
    const echo = await listening(['--workers', workers, '--drain-timeout', '100'])
    const peer = await RawPeer.open(echo.url('ws'))
    echo.kill('SIGTERM')
    expect((await peer.frame())?.opcode).toBe(Opcode.CLOSE)
    expect(await echo.exited).toEqual({ code: 0, signal: null })
  })
})

it('goes on when nobody reads its output any more', async () => {
  const echo = await listening(['--log-level', 'debug'])
  echo.stopReading()
  const peer = await RawPeer.open(echo.url('ws'))
  for (const text of ['one', 'two', 'three']) {
    peer.send(Opcode.TEXT, text)
    expect((await peer.frame())?.payload.toString()).toBe(text)
  }
  expect(await peer.close()).toBe(1000)
})
