/** From measurements to figures: medians over the rounds, and ratios to `ws` within each round. Pure. */

import type { Sample } from './measure.ts'
import type { Measurement } from './run.ts'

export interface Figure {
  readonly scenario: string
  readonly server: string
  readonly rounds: number
  readonly cpuUsPerMessage: number
  readonly messagesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly loadShare: number
  readonly bytesPerConnection: number | null
  /** Cost of the reference divided by this server's cost: 2 is half the processor time (memory) of the reference. */
  readonly ratio: number | null
  /** Smallest and largest ratio of a round. */
  readonly ratioRange: readonly [number, number] | null
  readonly error: string | null
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** What a server paid: processor time a message, or memory a connection. */
const costOf = (sample: Sample): number => sample.bytesPerConnection ?? sample.cpuUsPerMessage

export function summarize(measurements: readonly Measurement[], reference: string): Figure[] {
  const places = new Map<string, Measurement[]>()
  for (const measurement of measurements) {
    const place = `${measurement.scenario}\n${measurement.server}`
    places.set(place, [...(places.get(place) ?? []), measurement])
  }
  return [...places.values()].map((group) => {
    const { scenario, server } = group[0] ?? { scenario: '', server: '' }
    const samples = group.flatMap(({ sample }) => (sample === null ? [] : [sample]))
    const ratios = group.flatMap(({ sample, round }) => {
      const other = measurements.find(
        (candidate) =>
          candidate.scenario === scenario && candidate.server === reference && candidate.round === round,
      )?.sample
      return sample === null || other === undefined || other === null ? [] : [costOf(other) / costOf(sample)]
    })
    const middle = (read: (sample: Sample) => number): number => median(samples.map(read))
    return {
      scenario,
      server,
      rounds: samples.length,
      cpuUsPerMessage: middle((sample) => sample.cpuUsPerMessage),
      messagesPerSecond: middle((sample) => sample.messagesPerSecond),
      p50Ms: middle((sample) => sample.p50Ms),
      p99Ms: middle((sample) => sample.p99Ms),
      loadShare: middle((sample) => sample.loadShare),
      bytesPerConnection:
        samples[0]?.bytesPerConnection == null ? null : middle((sample) => sample.bytesPerConnection ?? 0),
      ratio: ratios.length === 0 ? null : median(ratios),
      ratioRange: ratios.length === 0 ? null : [Math.min(...ratios), Math.max(...ratios)],
      error: group.find(({ error }) => error !== null)?.error ?? null,
    }
  })
}
