import { readFileSync } from 'node:fs'
import { readExample } from '@hybi/test-support/readme'
import { expect, it, onTestFinished, vi } from 'vitest'
import { commandLine } from '../src/command-line.ts'
import { EchoProcess } from './support.ts'

const readme = new URL('../README.md', import.meta.url)

it('the example of the README runs and prints what it says', async () => {
  const { code, printed } = readExample(readme)
  expect(readFileSync(new URL('../examples/readme.ts', import.meta.url), 'utf8')).toBe(code)
  const echo = await EchoProcess.listening(['--no-plain'])
  onTestFinished(() => void echo.stop())
  const { connect } = await import('@hybi/node')
  vi.doMock('@hybi/node', () => ({
    // The port of the example may be taken on this machine.
    connect: (url: string, options: object) =>
      connect(url.replace('wss://127.0.0.1:9002', echo.url('wss')), options),
  }))
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await import('../examples/readme.ts')
  expect(log.mock.calls.map((values) => values.join(' '))).toEqual(printed)
})

it('every option stands in the README', () => {
  const text = readFileSync(readme, 'utf8')
  for (const { long } of commandLine(async () => undefined).options) {
    if (long !== '--version') expect(text).toContain(`${long}`)
  }
})
