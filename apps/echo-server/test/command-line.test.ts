import type { CommanderError } from 'commander'
import { expect, it } from 'vitest'
import { commandLine, type EchoOptions } from '../src/command-line.ts'

/** What the program made of its arguments: the options it would run with, or its exit and the line it wrote. */
async function parse(
  ...args: string[]
): Promise<{ options?: EchoOptions; exitCode?: number; written: string }> {
  let options: EchoOptions | undefined
  let written = ''
  const program = commandLine(async (said) => {
    options = said
  })
  const write = (text: string): void => {
    written += text
  }
  program.configureOutput({ writeErr: write, writeOut: write })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    return { exitCode: (error as CommanderError).exitCode, written }
  }
  return options === undefined ? { written } : { options, written }
}

it('serves ws on 9001 and wss on 9002 of the loopback address unless told otherwise', async () => {
  const { options } = await parse()
  expect(options).toEqual({
    host: '127.0.0.1',
    port: 9001,
    tlsPort: 9002,
    tls: true,
    plain: true,
    deflate: true,
    maxMessageSize: 16 * 1024 * 1024,
    origin: '*',
    workers: 1,
    drainTimeout: 5000,
    logLevel: 'info',
    logFormat: 'text',
  })
})

it('takes every option', async () => {
  const { options } = await parse(
    ...'--host ::1 --port 0 --tls-port 0 --no-plain --cert c.pem --key k.pem --path /chat --no-deflate'.split(
      ' ',
    ),
    ...'--max-message-size 1024 --origin https://a.example,http://b.example:8080 --workers 4'.split(' '),
    ...'--drain-timeout 100 --log-level debug --log-format json'.split(' '),
  )
  expect(options).toEqual({
    host: '::1',
    port: 0,
    tlsPort: 0,
    tls: true,
    plain: false,
    cert: 'c.pem',
    key: 'k.pem',
    path: '/chat',
    deflate: false,
    maxMessageSize: 1024,
    origin: ['https://a.example', 'http://b.example:8080'],
    workers: 4,
    drainTimeout: 100,
    logLevel: 'debug',
    logFormat: 'json',
  })
})

it.each([
  ['--host', ''],
  ['--port', '65536'],
  ['--port', '-1'],
  ['--port', '9e3'],
  ['--port', ''],
  ['--workers', '0'],
  ['--max-message-size', 'much'],
  ['--origin', 'example.com'],
  ['--origin', 'https://a.example/path'],
  ['--path', 'chat'],
  ['--path', '/chat?room=1'],
  ['--log-level', 'loud'],
  ['--log-format', 'xml'],
  ['--cert', 'c.pem'],
  ['--no-tls', '--no-plain'],
  ['--unknown'],
  ['stray'],
])('refuses %s %s with one line', async (...args) => {
  const { options, exitCode, written } = await parse(...args)
  expect(options).toBeUndefined()
  expect(exitCode).not.toBe(0)
  expect(written.trimEnd().split('\n')).toHaveLength(1)
  expect(written).toMatch(/^hybi-echo: /)
})

it.each([
  ['/chat', '/chat'],
  ['/ä', '/%C3%A4'],
  ['/%C3%A4', '/%C3%A4'],
  ['/a b', '/a%20b'],
  ['/a/../b', '/b'],
  ['//a', '//a'],
])('takes the path %s as clients send it: %s', async (said, sent) => {
  expect((await parse('--path', said)).options?.path).toBe(sent)
  expect(new URL(`ws://localhost${said}`).pathname).toBe(sent)
})

it('prints its help and its version and ends well', async () => {
  expect(await parse('--help')).toMatchObject({
    exitCode: 0,
    written: expect.stringContaining('--max-message-size'),
  })
  expect(await parse('--version')).toMatchObject({
    exitCode: 0,
    written: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  })
})

it('says in its help what an open origin means', async () => {
  expect((await parse('--help')).written.replace(/\s+/g, ' ')).toContain('which suits a test server only')
})
