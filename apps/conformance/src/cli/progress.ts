/**
 * What a person sees while cases run: failures at once; on a terminal a line that is kept up to date, elsewhere a line when a
 * category is done.
 */
import type { CaseRecord } from '../record.ts'
import { explainVerdict } from '../report/junit.ts'
import { formatCases } from '../report/summary.ts'
import { toOneLine } from '../report/text.ts'
import { formatVerdict, isFailing } from '../report/verdict.ts'
import type { CaseDefinition } from '../suite.ts'

export interface Screen {
  write(text: string): void
  /** True: a terminal, whose last line can be written again. */
  readonly isTTY: boolean
  readonly columns: number
}

interface Category {
  readonly title: string
  total: number
  done: number
  failing: number
}

/** A heavy case counts as much as so many others when the time left is estimated. */
const HEAVY_WEIGHT = 25
const CLEAR_LINE = '\r\u001b[2K'
const SHOWN_REASON = 200
/** Failures told one by one; the report has all of them. */
const SHOWN_FAILURES = 50
/** Without a terminal nothing is said for at most this long while cases finish. */
const QUIET_MS = 15_000

const weightOf = ({ heavy }: CaseDefinition): number => (heavy ? HEAVY_WEIGHT : 1)
const keyOf = (id: string): string => id.split('.')[0] ?? id

/** `1 min 5 s` */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** As many whole words as have room. */
const shorten = (text: string): string =>
  text.length <= SHOWN_REASON ? text : `${text.slice(0, text.lastIndexOf(' ', SHOWN_REASON))} …`

/** What has passed so far, in milliseconds. */
export interface Clock {
  /** Time. */
  now(): number
  /** Processor time of this process, all threads. */
  used(): number
}

const clockOfProcess: Clock = {
  now: () => performance.now(),
  used: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
}

export class Progress {
  readonly #screen: Screen
  readonly #strict: boolean
  readonly #categories = new Map<string, Category>()
  readonly #weights = new Map<string, number>()
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #usedBefore: number
  #toldAt: number
  #total = 0
  #done = 0
  #weight = 0
  #weightDone = 0
  #failing = 0

  constructor(
    screen: Screen,
    cases: readonly CaseDefinition[],
    strict: boolean,
    clock: Clock = clockOfProcess,
  ) {
    this.#screen = screen
    this.#strict = strict
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#usedBefore = clock.used()
    this.#toldAt = this.#startedAt
    for (const one of cases) {
      const key = keyOf(one.id)
      const category = this.#categories.get(key) ?? { title: one.category, total: 0, done: 0, failing: 0 }
      category.total++
      this.#categories.set(key, category)
      this.#weights.set(one.id, weightOf(one))
      this.#weight += weightOf(one)
      this.#total++
    }
  }

  /** A case is over. */
  record(record: CaseRecord): void {
    const category = this.#categories.get(keyOf(record.id))
    this.#done++
    this.#weightDone += this.#weights.get(record.id) ?? 1
    if (category !== undefined) category.done++
    if (isFailing(record, this.#strict)) {
      this.#failing++
      if (category !== undefined) category.failing++
      if (this.#failing <= SHOWN_FAILURES) this.#line(this.#failure(record))
      if (this.#failing === SHOWN_FAILURES) this.#line('  … more of them are in the report')
    }
    if (category !== undefined && category.done === category.total)
      this.#line(this.#finished(record.id, category))
    if (!this.#screen.isTTY) this.#tellNowAndThen()
    else this.#screen.write(`${CLEAR_LINE}${this.#status().slice(0, this.#screen.columns - 1)}`)
  }

  /** Says how long it took, and leaves the terminal as it should be. */
  end(): void {
    const took = formatDuration(this.#clock.now() - this.#startedAt)
    const used = formatDuration(this.#clock.used() - this.#usedBefore)
    this.#line(`  took ${took}, and ${used} of processor time here`)
  }

  #line(text: string): void {
    this.#toldAt = this.#clock.now()
    this.#screen.write(this.#screen.isTTY ? `${CLEAR_LINE}${text}\n` : `${text}\n`)
  }

  /** Without a terminal: a sign of life when nothing else was said for a while. */
  #tellNowAndThen(): void {
    if (this.#clock.now() - this.#toldAt >= QUIET_MS && this.#done < this.#total)
      this.#line(`  ${this.#status()}`)
  }

  #failure(record: CaseRecord): string {
    const reason = shorten(toOneLine(explainVerdict({ record, attempts: 1, failures: 1 })))
    return `  ✗ ${record.id} ${formatVerdict(record)}: ${record.title}. ${reason}`
  }

  #finished(id: string, { title, total, failing }: Category): string {
    const mark = failing === 0 ? '✓' : '✗'
    const said = failing === 0 ? formatCases(total) : `${formatCases(total)}, ${failing} failing`
    return `${mark} ${keyOf(id)} ${title}: ${said}`
  }

  #status(): string {
    const elapsedMs = this.#clock.now() - this.#startedAt
    const leftMs = (elapsedMs / this.#weightDone) * (this.#weight - this.#weightDone)
    const failing = this.#failing === 0 ? '' : `, ${this.#failing} failing`
    return `${this.#done}/${this.#total}${failing}, about ${formatDuration(leftMs)} left`
  }
}
