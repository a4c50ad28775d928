/** No behaviour hangs the run. */
const BEHAVIOUR_DEADLINE_MS = 90_000

/** The work's result, or a rejection when it takes too long. */
export function withDeadline<Value>(work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not over in time')), BEHAVIOUR_DEADLINE_MS)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
