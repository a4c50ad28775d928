/** What is measured in turns: a subject that is up, and can be loaded for a stretch of time. */

export interface Sample {
  /** Microseconds of processor time of the subject's process for each message; all threads, user and system. Null where it has no meaning. */
  readonly cpuUsPerMessage: number | null
  readonly messagesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Share of the processor time of the subject that the kernel used. Null where that of the subject has no meaning. */
  readonly systemShare: number | null
  /** What the other end, the load or the server that clients talk to, used of the processor time that it could have had. */
  readonly loadShare: number
  /** Part of the time in which nobody else was seen on the core; null where nobody looked. All else here is of that part, unless it is 0. */
  readonly quietShare: number | null
  /** Null where nobody looked. */
  readonly pace: Pace | null
  /** Octets of memory for each idle connection; `null` but in the memory scenarios. */
  readonly bytesPerConnection: number | null
}

/** What the looks at the core saw: microseconds that a piece of work took (see pace.ts). */
export interface Pace {
  readonly leastUs: number
  /** The most that was taken for being alone, which what is seen later may belie. */
  readonly mostAloneUs: number
}

export interface Stretch {
  /** What passes between the opening of the connections and the measurement. */
  readonly settleMs: number
  readonly measureMs: number
  /** How much longer it may take, where somebody else is on the core at times. */
  readonly patienceMs: number
}

export interface Rig {
  /** Loads the subject, measures it, and takes the load away again. */
  measure(stretch: Stretch): Promise<Sample>
  end(): Promise<void>
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
