/** Who is there, beside a `Set` that says the same. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Member, Roster } from '../src/roster.ts'

const someone = (): Member => new Member()

test('has those who came and did not go, whatever the order', () => {
  const change = fc.record({ who: fc.nat({ max: 9 }), comes: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const people = Array.from({ length: 10 }, someone)
      const roster = new Roster<Member>()
      const expected = new Set<Member>()
      for (const { who, comes } of changes) {
        const person = people[who]
        if (!comes) expect(roster.delete(person)).toBe(expected.delete(person))
        else {
          roster.add(person)
          expected.add(person)
        }
        expect(roster.size).toBe(expected.size)
        expect([...roster]).toHaveLength(expected.size)
        expect([...roster].every((one) => expected.has(one))).toBe(true)
        for (const one of people) expect(roster.has(one)).toBe(expected.has(one))
      }
    }),
  )
})

test('one who goes through it meets those who were there at the beginning, each once', () => {
  const people = Array.from({ length: 5 }, someone)
  const roster = new Roster<Member>()
  for (const person of people) roster.add(person)
  const met: Member[] = []
  for (const person of roster) {
    met.push(person)
    roster.delete(person)
    roster.add(someone())
  }
  expect(people.every((one) => met.includes(one))).toBe(true)
  expect(met).toHaveLength(5)
  expect(roster.size).toBe(5)
})

test('does not take one for another who has its place in another roster', () => {
  const one = new Roster<Member>()
  const other = new Roster<Member>()
  const person = someone()
  one.add(person)
  other.add(someone())
  expect(other.has(person)).toBe(false)
  expect(other.delete(person)).toBe(false)
  expect(other.size).toBe(1)
})

test('has members that are frozen, too', () => {
  const roster = new Roster<Member>()
  const people = [someone(), someone(), someone()]
  Object.freeze(people[1])
  for (const person of people) roster.add(person)
  roster.delete(people[0])
  roster.delete(people[1])
  expect([...roster]).toHaveLength(1)
  expect(roster.has(people[2])).toBe(true)
})
