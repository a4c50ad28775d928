/** A person cannot press Ctrl-C twice within this time. */
const ECHO_OF_A_SIGNAL_MS = 100

/**
 * On Ctrl-C the terminal signals npm and its script alike, and npm hands its own signal on to the script: one
 * key press, two signals a millisecond apart, and the second would end a server in the middle of its drain. After
 * this call `emitter`, which is a process, hears of such a pair once. `now` is a clock in milliseconds.
 */
export function takeRepeatedSignalsAsOne(emitter, now = () => performance.now()) {
  const lastAt = new Map()
  const { emit } = emitter
  emitter.emit = (event, ...args) => {
    if (event === 'SIGINT' || event === 'SIGTERM') {
      const elapsed = now() - (lastAt.get(event) ?? Number.NEGATIVE_INFINITY)
      lastAt.set(event, now())
      if (elapsed < ECHO_OF_A_SIGNAL_MS) return true
    }
    return Reflect.apply(emit, emitter, [event, ...args])
  }
}
