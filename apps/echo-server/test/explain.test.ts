import { expect, it } from 'vitest'
import { explain } from '../src/explain.ts'

const listenError = (code: string): Error =>
  Object.assign(new Error(`listen ${code}`), { code, address: '127.0.0.1', port: 80 })

it.each([
  [listenError('EADDRINUSE'), 'port 80 on 127.0.0.1 is in use'],
  [listenError('EACCES'), 'not allowed to listen on port 80'],
  [listenError('EADDRNOTAVAIL'), 'this machine has no such address: listen EADDRNOTAVAIL'],
  [new Error('the first line\nand more'), 'the first line'],
  ['a word', 'a word'],
])('puts %s into one line', (error, line) => {
  expect(explain(error)).toBe(line)
})
