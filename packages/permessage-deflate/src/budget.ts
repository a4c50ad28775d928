/**
 * What compression may hold and do at once, in the whole process. A context or a half-inflated message takes its bytes
 * from the budget and gives them back; who finds it empty waits in line, first come, first served.
 *
 * Waiting while holding can lock up: every message half inflated, none able to go on. So one holder at a time may
 * go on beyond the budget until it is done: the budget plus one message is what memory is bounded by.
 */

const DEFAULT_BYTES = 268_435_456
const DEFAULT_JOBS = 4

/** How large a budget is. */
export interface BudgetOptions {
  /** Bytes of contexts and inflating messages together. Default 256 MiB. */
  readonly bytes?: number | undefined
  /** Pieces of work off the event loop at the same time. Default 4, the size of libuv's pool. */
  readonly jobs?: number | undefined
}

interface Waiter {
  readonly account: Account
  readonly bytes: number
  readonly resolve: (granted: boolean) => void
}

/** A number of bytes and of places for work, shared by many connections. */
export class Budget {
  readonly bytes: number
  readonly jobs: number
  #used = 0
  #working = 0
  #overdrawn: Account | null = null
  readonly #waiters: Waiter[] = []
  readonly #idlers: (() => void)[] = []

  constructor(options: BudgetOptions = {}) {
    this.bytes = options.bytes ?? DEFAULT_BYTES
    this.jobs = options.jobs ?? DEFAULT_JOBS
    if (!(this.bytes > 0)) throw new RangeError(`Budget: bytes must be positive, not ${String(this.bytes)}`)
    if (!(Number.isInteger(this.jobs) && this.jobs > 0))
      throw new RangeError(`Budget: jobs must be a positive integer, not ${String(this.jobs)}`)
  }

  /** Bytes that are taken now. */
  get used(): number {
    return this.#used
  }

  /** How many wait for bytes now. */
  get waiting(): number {
    return this.#waiters.length
  }

  /** An account for one holder: what it takes is given back together when it is closed. */
  open(): Account {
    return new Account(this)
  }

  /** Does a piece of work as soon as there is a place for it, in the order of asking. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#working === this.jobs) await new Promise<void>((resolve) => this.#idlers.push(resolve))
    else this.#working += 1
    try {
      return await job()
    } finally {
      const next = this.#idlers.shift()
      if (next === undefined) this.#working -= 1
      else next()
    }
  }

  /** @internal Takes bytes now: true when nobody waits and they fit, or when this holder is the one that may go on. */
  takeNow(account: Account, bytes: number): boolean {
    const fits = this.#waiters.length === 0 && this.#used + bytes <= this.bytes
    // What is larger than the whole budget gets it when nobody else has anything.
    if (!fits && this.#overdrawn !== account && this.#used > 0) return false
    this.#used += bytes
    return true
  }

  /** @internal Waits for bytes; resolves to false when the account is closed meanwhile. */
  wait(account: Account, bytes: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiters.push({ account, bytes, resolve })
      this.#grant()
    })
  }

  /** @internal Takes bytes back from a holder that goes on. */
  giveBack(bytes: number): void {
    this.#used -= bytes
    this.#grant()
  }

  /** @internal Takes bytes back from a holder that is done, and forgets that it waits. */
  close(account: Account, held: number): void {
    if (this.#overdrawn === account) this.#overdrawn = null
    for (let i = this.#waiters.length - 1; i >= 0; i--)
      if (this.#waiters[i].account === account) this.#waiters.splice(i, 1)[0].resolve(false)
    this.#used -= held
    this.#grant()
  }

  #grant(): void {
    for (let first = this.#waiters[0]; first !== undefined; first = this.#waiters[0]) {
      if (this.#used > 0 && this.#used + first.bytes > this.bytes) break
      this.#serve(0)
    }
    if (this.#overdrawn !== null) return
    const holder = this.#waiters.findIndex(({ account }) => account.held > 0)
    if (holder < 0) return
    this.#overdrawn = this.#waiters[holder].account
    this.#serve(holder)
  }

  #serve(index: number): void {
    const [{ account, bytes, resolve }] = this.#waiters.splice(index, 1)
    this.#used += bytes
    account.credit(bytes)
    resolve(true)
  }
}

/** What one holder has taken from a {@link Budget}. */
export class Account {
  readonly #budget: Budget
  #held = 0

  /** @internal Use {@link Budget.open}. */
  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Bytes that this holder has now. */
  get held(): number {
    return this.#held
  }

  /** Takes bytes if that is possible without waiting. */
  takeNow(bytes: number): boolean {
    if (!this.#budget.takeNow(this, bytes)) return false
    this.#held += bytes
    return true
  }

  /** Takes bytes, after waiting in line when it must; false: the account was closed meanwhile, nothing was taken. */
  async take(bytes: number): Promise<boolean> {
    return this.takeNow(bytes) || (await this.#budget.wait(this, bytes))
  }

  /** Gives some of what it holds back. */
  give(bytes: number): void {
    this.#held -= bytes
    this.#budget.giveBack(bytes)
  }

  /** Gives everything back and stops waiting. The account can be used again. */
  close(): void {
    const held = this.#held
    this.#held = 0
    this.#budget.close(this, held)
  }

  /** @internal The budget has granted what was waited for. */
  credit(bytes: number): void {
    this.#held += bytes
  }
}

/** The budget of everybody who does not bring one: 256 MiB a process (a worker thread has its own). */
export const sharedBudget = new Budget()
