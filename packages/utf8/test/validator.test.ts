import { wire } from '@hybi/test-support'
import { expect, test } from 'vitest'
import { isUtf8, Utf8Validator } from '../src/index.ts'

test('takes and refuses', () => {
  const v = new Utf8Validator()
  expect(v.push(wire`ce ba e1`)).toBe(true)
  expect(v.complete).toBe(false)
  expect(isUtf8(wire`eda080`)).toBe(false)
})
