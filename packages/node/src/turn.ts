/**
 * Joins everything that is sent in one turn of the event loop into one write per connection.
 *
 * The turn ends when its microtasks have run: a microtask asks for a tick, and a tick that is asked for by a microtask
 * runs once all microtasks are done. A `for await` loop that answers a hundred messages of one chunk therefore writes once.
 * One queue serves all connections: a broadcast to a thousand of them schedules one microtask and one tick.
 *
 * Over TLS one read brings many chunks, a record each, and a turn for each: there the write waits until the loop has read from
 * every socket.
 */

/** Something that has work left for the end of the turn. */
export interface TurnTaker {
  endTurn(): void
}

/** Something that has work left for when the loop has read from every socket. */
export interface LoopTaker {
  endReads(): void
}

let turnTakers: TurnTaker[] = []
let loopTakers: LoopTaker[] = []

/** Calls `endTurn` at the end of the turn. The caller asks once a turn. */
export function callAtEndOfTurn(target: TurnTaker): void {
  if (turnTakers.push(target) === 1) queueMicrotask(scheduleTick)
}

/** Calls `endReads` when the loop has read from every socket that has something to read. The caller asks once until then. */
export function callAfterReads(target: LoopTaker): void {
  if (loopTakers.push(target) === 1) setImmediate(endReads)
}

function scheduleTick(): void {
  process.nextTick(endTurns)
}

function endTurns(): void {
  const targets = turnTakers
  turnTakers = []
  for (const target of targets) target.endTurn()
}

function endReads(): void {
  const targets = loopTakers
  loopTakers = []
  for (const target of targets) target.endReads()
}
