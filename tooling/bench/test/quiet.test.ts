import { beforeEach, expect, it, vi } from 'vitest'
import type { Slice } from '../src/rigs/quiet.ts'

// How fast the core can be is what a whole run has learned: each test is a run of its own.
beforeEach(() => {
  vi.resetModules()
})

const alone: Slice = {
  cpuUs: 1000,
  systemUs: 600,
  messages: 100,
  elapsedMs: 1,
  p50Ms: 1,
  p99Ms: 2,
  loadShare: 0.5,
  paceUs: 10,
}
const shared: Slice = { ...alone, cpuUs: 1500, systemUs: 900, paceUs: 15 }

/** What the looks of a measurement see, one after the other, and how often was looked. */
async function measured(slices: readonly Slice[], stretch: { measureMs: number; patienceMs: number }) {
  const { measureQuietly } = await import('../src/rigs/quiet.ts')
  let looks = 0
  const sample = await measureQuietly({ settleMs: 0, ...stretch }, async () => slices[looks++] ?? alone)
  return { ...sample, looks }
}

const one = { measureMs: 1, patienceMs: 0 }

it('leaves out slices that somebody else shared at either end', async () => {
  const patient = { measureMs: 1, patienceMs: 1000 }
  expect(await measured([alone, shared, shared, alone, alone], patient)).toMatchObject({
    cpuUsPerMessage: 10,
    systemShare: 0.6,
    quietShare: 0.25,
    looks: 5,
  })
  expect(await measured([shared, alone, alone], patient)).toMatchObject({ cpuUsPerMessage: 10, looks: 3 })
})

it('takes a subject that says nothing of its core as it is', async () => {
  const silent: Slice = { ...shared, paceUs: undefined }
  expect(await measured([silent, silent], one)).toMatchObject({
    cpuUsPerMessage: 15,
    quietShare: null,
    pace: null,
  })
  expect(await measured([alone, alone], one)).toMatchObject({ quietShare: 1 })
})

it('counts what there is where its patience ends before it was quiet', async () => {
  expect(await measured([alone, shared], one)).toMatchObject({ cpuUsPerMessage: 15, quietShare: 0, looks: 2 })
})

it('weighs slices by their messages, and what is no cost by their time', async () => {
  const idle: Slice = { ...alone, messages: 0, cpuUs: 100, elapsedMs: 3, p50Ms: 0, loadShare: 0.1 }
  expect(await measured([alone, idle, alone], { measureMs: 200, patienceMs: 0 })).toMatchObject({
    cpuUsPerMessage: 11,
    messagesPerSecond: 25_000,
    p50Ms: 0.25,
    loadShare: 0.2,
    quietShare: 1,
  })
})

it('takes nothing for quiet that a later look belies', async () => {
  const fast: Slice = { ...alone, cpuUs: 700, paceUs: 6 }
  const stretch = { measureMs: 200, patienceMs: 100 }
  expect(await measured([alone, alone, fast, fast], stretch)).toMatchObject({
    cpuUsPerMessage: 7,
    quietShare: 1 / 3,
    pace: { leastUs: 6, mostAloneUs: 6 },
    looks: 4,
  })
})

it('counts all where no message came back while it was quiet', async () => {
  const still: Slice = { ...alone, paceUs: 6, messages: 0, cpuUs: 0 }
  expect(await measured([still, still, shared], { measureMs: 200, patienceMs: 0 })).toMatchObject({
    cpuUsPerMessage: 15,
    quietShare: 0,
    looks: 3,
  })
})

it('fails where no message came back', async () => {
  await expect(measured([alone, { ...alone, messages: 0 }], one)).rejects.toThrow('no message came back')
})
