import { expect, test } from 'vitest'
import { isCloseCodeAllowed } from '../src/index.ts'

test('of all numbers of 16 bits, 1000-1003, 1007-1014 and 3000-4999 may be sent', () => {
  const allowed = Array.from({ length: 65536 }, (_, code) => code).filter(isCloseCodeAllowed)
  const application = Array.from({ length: 2000 }, (_, i) => 3000 + i)
  expect(allowed).toEqual([
    1000,
    1001,
    1002,
    1003,
    1007,
    1008,
    1009,
    1010,
    1011,
    1012,
    1013,
    1014,
    ...application,
  ])
})

test('what is no whole number may not', () => {
  expect([1000.5, Number.NaN, Infinity, -1000].filter(isCloseCodeAllowed)).toEqual([])
})
