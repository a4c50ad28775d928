import { expect, test } from 'vitest'

test('there is no Node here, so that the portable halves of the core packages are what runs', () => {
  expect('window' in globalThis).toBe(true)
  expect(typeof Buffer).toBe('undefined')
  expect(globalThis.process?.getBuiltinModule).toBeUndefined()
})
