/** Who is there, beside a `Set` that says the same. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Roster } from '../src/roster.ts'

const someone = (): object => ({})

test('has those who came and did not go, whatever the order', () => {
  const change = fc.record({ who: fc.nat({ max: 9 }), comes: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const people = Array.from({ length: 10 }, someone)
      const roster = new Roster<object>()
      const expected = new Set<object>()
      for (const { who, comes } of changes) {
        const person = people[who]
        if (!comes) expect(roster.delete(person)).toBe(expected.delete(person))
        else if (!roster.has(person)) {
          roster.add(person)
          expected.add(person)
        }
        expect(roster.size).toBe(expected.size)
        expect(new Set(roster)).toEqual(expected)
        for (const one of people) expect(roster.has(one)).toBe(expected.has(one))
      }
    }),
  )
})

test('one who goes through it meets those who were there at the beginning, each once', () => {
  const people = Array.from({ length: 5 }, someone)
  const roster = new Roster<object>()
  for (const person of people) roster.add(person)
  const met: object[] = []
  for (const person of roster) {
    met.push(person)
    roster.delete(person)
    roster.add(someone())
  }
  expect(new Set(met)).toEqual(new Set(people))
  expect(met).toHaveLength(5)
  expect(roster.size).toBe(5)
})

test('does not take one for another who has his seat in another roster', () => {
  const one = new Roster<object>()
  const other = new Roster<object>()
  const person = someone()
  one.add(person)
  other.add(someone())
  expect(other.has(person)).toBe(false)
  expect(other.delete(person)).toBe(false)
  expect(other.size).toBe(1)
})
