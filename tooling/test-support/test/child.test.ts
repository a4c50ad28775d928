import { afterEach, beforeEach, expect, it } from 'vitest'
import { Child } from '../src/child.ts'

let child: Child
beforeEach(() => {
  child = new Child('child', new URL('./targets/repeats.ts', import.meta.url), [])
})
afterEach(() => child.end())

it('gives each question its own answer, however many are asked at once', async () => {
  const numbers = [0, 1, 2, 3]
  const answers = await Promise.all(numbers.map((number) => child.ask<{ number: number }>({ number })))
  expect(answers.map(({ number }) => number)).toEqual(numbers)
})

it('goes on after an answer that is an error, which it charges to nobody else', async () => {
  const failing = child.ask({ error: 'no such wish' })
  const next = child.ask({ number: 1 })
  await expect(failing).rejects.toThrow('child: no such wish')
  expect(await next).toEqual({ number: 1 })
})

it('says that the child has ended', async () => {
  const pending = child.ask()
  await child.end()
  await expect(pending).rejects.toThrow('child ended with null')
})
