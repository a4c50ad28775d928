/**
 * Who is there: a set from which members go as fast as others come.
 *
 * Not a `Set`, since V8 makes it a new table every few changes, and lets each table refer to the next one. Once one of them has grown old
 * they all live until the next full garbage collection, with every connection that was ever in them: nothing of a connection died young,
 * and opening connections took a tenth more processor time (`npm run bench -- connect-attached`, Node 20; `--trace-gc-nvp` tells how much survives).
 */

const seat = Symbol('hybi.seat')

/** Where a member stands; it is in one roster at a time. */
type Seated = { [seat]?: number | undefined }

/** The members, in no order. */
export class Roster<Member extends object> implements Iterable<Member> {
  readonly #members: (Member & Seated)[]

  constructor() {
    this.#members = []
  }

  get size(): number {
    return this.#members.length
  }

  has(member: Member & Seated): boolean {
    const at = member[seat]
    return at !== undefined && this.#members[at] === member
  }

  /** Adds one who is in no roster. */
  add(member: Member & Seated): void {
    member[seat] = this.#members.push(member) - 1
  }

  /** Lets one go; false when he was not here. The last one takes his seat. */
  delete(member: Member & Seated): boolean {
    if (!this.has(member)) return false
    const at = member[seat] ?? 0
    const last = this.#members.pop() ?? member
    if (last !== member) {
      this.#members[at] = last
      last[seat] = at
    }
    member[seat] = undefined
    return true
  }

  /** Those who are here now, whoever comes and goes meanwhile. */
  [Symbol.iterator](): IterableIterator<Member> {
    return this.#members.slice().values()
  }
}
