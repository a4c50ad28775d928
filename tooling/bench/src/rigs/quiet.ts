/**
 * Measures in slices, and counts those in which nobody else was on the core: as long as is wanted of them, where they are to be had.
 * Looked at is the core of the process that is measured, at both ends of a slice (see pace.ts).
 */
import { isAlone } from '../pace.ts'
import { type Pace, type Sample, type Stretch, sleep } from './rig.ts'

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

/** The least that the work took to any process of this run so far. */
let leastUs = Number.POSITIVE_INFINITY

const pacesOf = (looks: readonly Slice[]): number[] => looks.flatMap(({ paceUs }) => paceUs ?? [])

const isQuiet = (look: Slice | undefined): boolean =>
  look?.paceUs === undefined || isAlone(look.paceUs, leastUs)

/** The slices with nobody else at either end, by all that is known by now: each look ends one and begins the next. */
const quietOf = (looks: readonly Slice[]): Slice[] =>
  looks.filter((look, index) => index > 0 && isQuiet(look) && isQuiet(looks[index - 1]))

/** Looks for as long as the stretch says. Where too few slices are quiet those that are count, and all where no message came in one. */
export async function measureQuietly(
  { measureMs, patienceMs }: Stretch,
  look: () => Promise<Slice>,
): Promise<Sample> {
  const wanted = Math.max(1, Math.round(measureMs / SLICE_MS))
  const sliceMs = measureMs / wanted
  const most = Math.max(wanted, Math.round((measureMs + patienceMs) / sliceMs))
  const looks: Slice[] = []
  const lookAgain = async (): Promise<void> => {
    const slice = await look()
    looks.push(slice)
    leastUs = Math.min(leastUs, ...pacesOf([slice]))
  }
  await lookAgain()
  while (quietOf(looks).length < wanted && looks.length <= most) {
    await sleep(sliceMs)
    await lookAgain()
  }
  const all = looks.slice(1)
  const quiet = quietOf(looks)
  const counts = quiet.some(({ messages }) => messages > 0)
  const pace = paceOf(looks)
  const quietShare = counts ? quiet.length / all.length : 0
  return { ...join(counts ? quiet : all), pace, quietShare: pace === null ? null : quietShare }
}

function paceOf(looks: readonly Slice[]): Pace | null {
  const paces = pacesOf(looks)
  if (paces.length === 0) return null
  const least = Math.min(...paces)
  return { leastUs: least, mostAloneUs: Math.max(least, ...pacesOf(looks.filter(isQuiet))) }
}

function join(slices: readonly Slice[]): Omit<Sample, 'quietShare' | 'pace'> {
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
