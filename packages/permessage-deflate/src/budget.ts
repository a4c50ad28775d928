/**
 * What compression may hold and do at once, in the whole process. A context or a half-inflated message takes its bytes
 * from the budget and gives them back; who finds it empty waits in line, first come, first served.
 *
 * Waiting while holding can lock up: every message half inflated, none able to go on. So one message at a time may
 * go on beyond the budget until it is done: the budget plus one message is what memory is bounded by. Contexts may not: they are
 * done only with their connection, and no message could go on until then.
 *
 * Nor may a peer keep for ever what it does not use: while somebody waits who has waited for `patienceMs`, messages that wait for their
 * own peers give up, the one that has waited the longest first. All waits of a holder count together.
 */

const DEFAULT_BYTES = 268_435_456
const DEFAULT_JOBS = 4
const DEFAULT_PATIENCE_MS = 10_000
/** So often in the time of its patience a budget looks after those who wait. */
const LOOKS = 4

/** How large a budget is. */
export interface BudgetOptions {
  /** Bytes of contexts and inflating messages together. Default 256 MiB. */
  readonly bytes?: number | undefined
  /** Pieces of work off the event loop at the same time. Default 4, the size of libuv's pool. */
  readonly jobs?: number | undefined
  /**
   * How long, in milliseconds, somebody may wait for bytes before messages have to give up whose peers keep them waiting, for a
   * quarter of that time or longer. Default 10,000; `Infinity`: never.
   */
  readonly patienceMs?: number | undefined
}

interface Waiter {
  readonly account: Account
  readonly bytes: number
  readonly since: number
  readonly resolve: (granted: boolean) => void
}

/** A number of bytes and of places for work, shared by many connections. */
export class Budget {
  readonly bytes: number
  readonly jobs: number
  readonly patienceMs: number
  #used = 0
  #working = 0
  #overdrawn: Account | null = null
  readonly #waiters: Waiter[] = []
  readonly #idlers: (() => void)[] = []
  /** Holders that wait for their peers. */
  readonly #stalled = new Set<Account>()
  #watch: ReturnType<typeof setTimeout> | null = null

  constructor(options: BudgetOptions = {}) {
    this.bytes = options.bytes ?? DEFAULT_BYTES
    this.jobs = options.jobs ?? DEFAULT_JOBS
    this.patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS
    if (!(this.bytes > 0)) throw new RangeError(`Budget: bytes must be positive, not ${String(this.bytes)}`)
    if (!(Number.isInteger(this.jobs) && this.jobs > 0))
      throw new RangeError(`Budget: jobs must be a positive integer, not ${String(this.jobs)}`)
    if (!(this.patienceMs >= 0))
      throw new RangeError(`Budget: patienceMs must not be negative, but is ${String(this.patienceMs)}`)
  }

  /** Bytes that are taken now. */
  get used(): number {
    return this.#used
  }

  /** How many wait for bytes now. */
  get waiting(): number {
    return this.#waiters.length
  }

  /**
   * An account for one message: what it takes is given back together when it is closed.
   *
   * @param giveUp closes the account: see `Account.stall`
   */
  open(giveUp: (() => void) | null = null): Account {
    return new Account(this, true, giveUp)
  }

  /** An account for the contexts of one connection, which holds them until it ends. */
  openContexts(): Account {
    return new Account(this, false, null)
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
    // Who asks for more than there is gets it when nobody else has anything.
    if (!fits && this.#overdrawn !== account && this.#used > account.held) return false
    this.#used += bytes
    return true
  }

  /** @internal Waits for bytes; resolves to false when the account is closed meanwhile. */
  wait(account: Account, bytes: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiters.push({ account, bytes, since: performance.now(), resolve })
      this.#grant()
      this.#lookLater()
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

  /** @internal The holder waits for its peer, or no longer. */
  setStalled(account: Account, stalled: boolean): void {
    if (stalled) this.#stalled.add(account)
    else this.#stalled.delete(account)
  }

  #lookLater(): void {
    if (this.#watch !== null || this.#waiters.length === 0 || this.patienceMs > LONGEST_MS) return
    this.#watch = setTimeout(() => {
      this.#watch = null
      this.#lookAfterWaiters()
      this.#lookLater()
    }, this.patienceMs / LOOKS)
  }

  /** Makes messages give up until nobody waits who has waited as long as one may. */
  #lookAfterWaiters(): void {
    const now = performance.now()
    const isOver = ({ account, since }: Waiter): boolean => account.waitedMs + now - since >= this.patienceMs
    while (this.#waiters.some(isOver)) {
      let slowest: Account | null = null
      for (const account of this.#stalled)
        if (account.stalledMs(now) > (slowest?.stalledMs(now) ?? 0)) slowest = account
      if (slowest === null || slowest.stalledMs(now) < this.patienceMs / LOOKS) return
      this.#stalled.delete(slowest)
      slowest.giveUp()
    }
  }

  #grant(): void {
    for (let first = this.#waiters[0]; first !== undefined; first = this.#waiters[0]) {
      if (this.#used > first.account.held && this.#used + first.bytes > this.bytes) break
      this.#serve(0)
    }
    if (this.#overdrawn !== null) return
    const holder = this.#waiters.findIndex(({ account }) => account.mayOverdraw && account.held > 0)
    if (holder < 0) return
    this.#overdrawn = this.#waiters[holder].account
    this.#serve(holder)
  }

  #serve(index: number): void {
    const [{ account, bytes, since, resolve }] = this.#waiters.splice(index, 1)
    this.#used += bytes
    account.waitedMs += performance.now() - since
    account.credit(bytes)
    resolve(true)
  }
}

/** The longest delay that timers know. */
const LONGEST_MS = 2 ** 31 - 1

/** What one holder has taken from a {@link Budget}. */
export class Account {
  /** @internal Whether it may be the one that goes on beyond the budget. */
  readonly mayOverdraw: boolean
  readonly #budget: Budget
  readonly #giveUp: (() => void) | null
  /** @internal How long the holder has waited for bytes, all waits that are over together. */
  waitedMs = 0
  #held = 0
  #stalledMs = 0
  #stalledSince = 0

  /** @internal Use {@link Budget.open} or {@link Budget.openContexts}. */
  constructor(budget: Budget, mayOverdraw: boolean, giveUp: (() => void) | null) {
    this.#budget = budget
    this.mayOverdraw = mayOverdraw
    this.#giveUp = giveUp
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

  /** The holder waits for its peer: from now on, and until `goOn`, it may have to give up for others. */
  stall(): void {
    this.#stalledSince = performance.now()
    this.#budget.setStalled(this, true)
  }

  /** The peer has sent something. */
  goOn(): void {
    this.#stalledMs = this.stalledMs(performance.now())
    this.#stalledSince = 0
    this.#budget.setStalled(this, false)
  }

  /** @internal How long the holder has waited for its peer, all waits together. */
  stalledMs(now: number): number {
    return this.#stalledMs + (this.#stalledSince === 0 ? 0 : now - this.#stalledSince)
  }

  /** @internal */
  giveUp(): void {
    this.#giveUp?.()
  }

  /** Gives everything back and stops waiting. The account can be used again. */
  close(): void {
    this.waitedMs = 0
    this.#stalledMs = 0
    this.#stalledSince = 0
    this.#budget.setStalled(this, false)
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
