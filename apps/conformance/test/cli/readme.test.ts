import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allCases } from '../../src/catalogue.ts'
import { readConfiguration } from '../../src/cli/configuration.ts'
import { parseBaseline } from '../../src/report/baseline.ts'
import { startWsServer } from '../ws-target.ts'
import { runProgram } from './command-line.ts'

describe('the README', () => {
  let text = ''
  let directory = ''
  beforeEach(async () => {
    text = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    directory = await mkdtemp(join(tmpdir(), 'hybi-readme-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const block = (language: string) =>
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? ''

  it('begins with a command that works', async () => {
    const target = await startWsServer()
    const [, ...words] = (block('sh').split('\n')[0] ?? '').split(' ')
    const args = words
      .slice(1)
      .map((word) => (word === 'ws://127.0.0.1:9001' ? target.url : word === 'report' ? directory : word))
    const { code, text: said } = await runProgram([...args, '--cases', '1.1.*'])
    expect(said).toContain('my-server: 8 cases, 8 OK; none failing\n')
    expect(code).toBe(0)
    await target.close()
  })

  it('has a configuration that is one', async () => {
    await writeFile(join(directory, 'hybi-conformance.config.ts'), block('ts'))
    const { targets, exclude } = await readConfiguration(undefined, directory)
    expect(targets.map(({ agent }) => agent)).toEqual(['plain', 'tls', 'behind the proxy'])
    expect(exclude).toEqual(['9.*'])
  })

  it('has a baseline that is one', () => {
    expect(parseBaseline(JSON.parse(block('json')), 'any', allCases)).toHaveLength(3)
  })

  it('names every category', () => {
    for (const key of new Set(allCases.map(({ id }) => id.split('.')[0])))
      expect(text).toMatch(new RegExp(`[\`| ,–]${key}[\`|, –]`))
  })
})
