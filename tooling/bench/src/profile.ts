/** Where the time of a profile went. Pure. */

/** What is used of a profile of V8. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface SelfTime {
  readonly name: string
  /** Part of the busy time. */
  readonly share: number
}

const IDLE = '(idle)'

/** The functions by the time spent in themselves, most first; native code and system calls count to who called them. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      url === ''
        ? functionName
        : `${functionName} ${url.replace(/^.*\/(packages|node_modules)\//, '')}:${lineNumber + 1}`,
    ]),
  )
  const times = new Map<string, number>()
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    if (name === IDLE) continue
    const time = timeDeltas[index] ?? 0
    busy += time
    times.set(name, (times.get(name) ?? 0) + time)
  }
  return [...times]
    .map(([name, time]) => ({ name, share: time / busy }))
    .sort((one, other) => other.share - one.share)
}
