/** Those on a server who are not connected: in their opening handshake, or refused and not gone yet. */

import { type Member, Roster } from './roster.ts'

/** Someone on the way in or out. */
export interface Visitor extends Member {
  /** The server closes: this is to come to its end soon. */
  hurry(): void
  /** Its time is over. */
  drop(): void
}

/** The ones of one server. */
export class Visitors {
  readonly #present = new Roster<Visitor>()
  readonly #emptied: () => void

  /** `emptied` is called whenever the last one has gone. */
  constructor(emptied: () => void) {
    this.#emptied = emptied
  }

  get size(): number {
    return this.#present.size
  }

  enter(visitor: Visitor): void {
    this.#present.add(visitor)
  }

  leave(visitor: Visitor): void {
    if (this.#present.delete(visitor) && this.#present.size === 0) this.#emptied()
  }

  hurry(): void {
    for (const visitor of this.#present) visitor.hurry()
  }

  drop(): void {
    for (const visitor of this.#present) visitor.drop()
  }
}
