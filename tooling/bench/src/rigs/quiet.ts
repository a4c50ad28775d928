/**
 * Measures in slices, and counts those in which nobody else was on the core: as long as is wanted of them, where they are to be had.
 * Looked at is the core of the process that is measured, at both ends of a slice (see pace.ts).
 */
import { type Sample, type Stretch, sleep } from './rig.ts'

/** What was seen since the look before. */
export interface Slice {
  /** Processor time of the subject's process in it. */
  readonly cpuUs: number
  readonly systemUs: number
  readonly messages: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly loadShare: number
  /** What a piece of work took at the end of it; undefined where an older checkout does not look. */
  readonly paceUs: number | undefined
}

const SLICE_MS = 100

/** What still counts as nobody else: the work takes a quarter to a half more with somebody. */
const TOLERANCE = 1.12

/** The least that the work took to any process of this run. */
let leastUs = Number.POSITIVE_INFINITY

function isAlone({ paceUs }: Slice): boolean {
  if (paceUs === undefined) return true
  leastUs = Math.min(leastUs, paceUs)
  return paceUs <= leastUs * TOLERANCE
}

/** Looks for as long as the stretch says. Where too few slices are quiet those that are count, and all where none is. */
export async function measureQuietly(
  { measureMs, patienceMs }: Stretch,
  look: () => Promise<Slice>,
): Promise<Sample> {
  const wanted = Math.max(1, Math.round(measureMs / SLICE_MS))
  const most = Math.max(wanted, Math.round((measureMs + patienceMs) / SLICE_MS))
  const all: Slice[] = []
  const quiet: Slice[] = []
  let wasAlone = isAlone(await look())
  while (quiet.length < wanted && all.length < most) {
    await sleep(measureMs / wanted)
    const slice = await look()
    all.push(slice)
    const alone = isAlone(slice)
    if (alone && wasAlone) quiet.push(slice)
    wasAlone = alone
  }
  return { ...join(quiet.length === 0 ? all : quiet), quietShare: quiet.length / all.length }
}

function join(slices: readonly Slice[]): Omit<Sample, 'quietShare'> {
  const sum = (read: (slice: Slice) => number): number =>
    slices.reduce((total, slice) => total + read(slice), 0)
  const messages = sum((slice) => slice.messages)
  if (messages === 0) throw new Error('no message came back in time')
  const elapsedMs = sum((slice) => slice.elapsedMs)
  const cpuUs = sum((slice) => slice.cpuUs)
  /** The mean over the time. */
  const mean = (read: (slice: Slice) => number): number =>
    sum((slice) => read(slice) * slice.elapsedMs) / elapsedMs
  return {
    cpuUsPerMessage: cpuUs / messages,
    messagesPerSecond: (messages * 1000) / elapsedMs,
    p50Ms: mean(({ p50Ms }) => p50Ms),
    p99Ms: mean(({ p99Ms }) => p99Ms),
    systemShare: sum(({ systemUs }) => systemUs) / cpuUs,
    loadShare: mean(({ loadShare }) => loadShare),
    bytesPerConnection: null,
  }
}
