/**
 * Joins everything that is sent in one turn of the event loop into one write per connection.
 *
 * The turn ends when its microtasks have run: a microtask asks for a tick, and a tick that is asked for by a microtask
 * runs once all microtasks are done. A `for await` loop that answers a hundred messages of one chunk therefore writes once.
 * One queue serves all connections: a broadcast to a thousand of them schedules one microtask and one tick.
 */

/** Something that has work left for the end of the turn. */
export interface TurnTaker {
  endTurn(): void
}

let queue: TurnTaker[] = []

/** Calls `endTurn` at the end of the turn. The caller asks once a turn. */
export function callAtEndOfTurn(target: TurnTaker): void {
  if (queue.push(target) === 1) queueMicrotask(scheduleTick)
}

function scheduleTick(): void {
  process.nextTick(endTurns)
}

function endTurns(): void {
  const targets = queue
  queue = []
  for (const target of targets) target.endTurn()
}
