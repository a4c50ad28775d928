import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allCases } from '../../src/catalogue.ts'
import type { PeerRole } from '../../src/record.ts'
import { allFlaws } from './flaws.ts'
import { computeMatrix, formatPage, isGood, memoryCases, readPage, runAgainst } from './matrix.ts'

const PAGE = new URL('../../../../docs/conformance-matrix.md', import.meta.url)
const UPDATE = process.env.UPDATE_MATRIX === '1'

describe.each<PeerRole>(['server', 'client'])('the right endpoint as a %s', (role) => {
  it('passes every case', async () => {
    const failed: string[] = []
    for (const one of memoryCases(role)) {
      const record = await runAgainst(one, role, null)
      if (!isGood(record)) failed.push(`${one.id}: ${record.result} ${record.resultClose}`)
    }
    expect(failed).toEqual([])
  }, 60_000)
})

if (UPDATE) {
  it('writes the page anew', async () => {
    writeFileSync(PAGE, formatPage(await computeMatrix()))
  }, 900_000)
} else describe('each mutant', checkPage)

function checkPage(): void {
  const page = readPage(readFileSync(PAGE, 'utf8'))
  const byId = new Map(allCases.map((one) => [one.id, one]))

  it('has a row on the page, and no other has', () => {
    expect([...page.keys()].sort()).toEqual(allFlaws.map(({ flaw, role }) => `${flaw} ${role}`).sort())
  })

  it.each(allFlaws)('is caught: a $role that $says', async ({ flaw, role }) => {
    const named = page.get(`${flaw} ${role}`) ?? []
    expect(named.length).toBeGreaterThan(0)
    for (const id of named) {
      const one = byId.get(id)
      expect(one, `${id} is a case`).toBeDefined()
      if (one !== undefined) expect(isGood(await runAgainst(one, role, flaw)), `${id} catches it`).toBe(false)
    }
  })
}
