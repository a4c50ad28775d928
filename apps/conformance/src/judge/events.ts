/** Comparing received events with the outcomes of a case. Pure. */
import type { Outcome, ReceivedEvent } from '../cases/case.ts'

/** Same kind, same payload, octet by octet. */
export function isSameEvent(a: ReceivedEvent, b: ReceivedEvent): boolean {
  if (a.type === 'timeout' || b.type === 'timeout')
    return a.type === 'timeout' && b.type === 'timeout' && a.tag === b.tag
  if (a.type === 'message' && b.type === 'message' && a.binary !== b.binary) return false
  return a.type === b.type && Buffer.compare(a.payload, b.payload) === 0
}

/** The same events in the same order, none more and none less. */
const areSameEvents = (a: readonly ReceivedEvent[], b: readonly ReceivedEvent[]): boolean =>
  a.length === b.length &&
  a.every((event, index) => {
    const other = b[index]
    return other !== undefined && isSameEvent(event, other)
  })

/** The first outcome that the events equal. */
export const findOutcome = (
  outcomes: readonly Outcome[],
  events: readonly ReceivedEvent[],
): Outcome | undefined => outcomes.find((outcome) => areSameEvents(outcome.events, events))

/** True when no other event could change the verdict for the better: the runner may start the close. */
export const equalsEveryOutcome = (outcomes: readonly Outcome[], events: readonly ReceivedEvent[]): boolean =>
  outcomes.every((outcome) => areSameEvents(outcome.events, events))
