import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { type EndSignal, ignoreSignals, nextSignal } from '../src/signals.ts'

/** What becomes of signals at these times, in milliseconds. */
async function hear(
  echoed: boolean,
  ...signals: (readonly [signal: EndSignal, atMs: number])[]
): Promise<{ first: EndSignal; exits: number[] }> {
  const emitter = new EventEmitter()
  const exits: number[] = []
  let time = 0
  const first = nextSignal({ emitter, echoed, exit: (code) => exits.push(code), now: () => time })
  for (const [signal, atMs] of signals) {
    time = atMs
    emitter.emit(signal)
  }
  return { first: await first, exits }
}

it.each([true, false])(
  'resolves at the first signal and leaves the process running (under npm: %s)',
  async (echoed) => {
    expect(await hear(echoed, ['SIGINT', 0])).toEqual({ first: 'SIGINT', exits: [] })
    expect(await hear(echoed, ['SIGTERM', 0])).toEqual({ first: 'SIGTERM', exits: [] })
  },
)

it('ends at once at the second signal, whichever it is', async () => {
  expect(await hear(false, ['SIGINT', 0], ['SIGINT', 1])).toEqual({ first: 'SIGINT', exits: [130] })
  expect(await hear(false, ['SIGINT', 0], ['SIGTERM', 1])).toEqual({ first: 'SIGINT', exits: [143] })
})

it('takes the signal that npm hands on for the one that it knows already', async () => {
  expect(await hear(true, ['SIGINT', 0], ['SIGINT', 1])).toEqual({ first: 'SIGINT', exits: [] })
  expect(await hear(true, ['SIGINT', 0], ['SIGINT', 1], ['SIGINT', 200], ['SIGINT', 201])).toEqual({
    first: 'SIGINT',
    exits: [130, 130],
  })
})

it('can leave signals to another process', () => {
  const emitter = new EventEmitter()
  ignoreSignals(emitter)
  // Node ends a process by a signal that nobody listens to.
  expect(emitter.listenerCount('SIGINT')).toBe(1)
  expect(emitter.listenerCount('SIGTERM')).toBe(1)
})
