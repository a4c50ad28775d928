/** Plans of many messages: what the next one is, whether an echo is right, and how far it got. */
import type { Series } from '../observation.ts'
import type { IncomingMessage } from '../peer/incoming.ts'
import type { Wire } from '../peer/wire.ts'

/** The messages of a plan, one at a time. */
export interface MessageSource {
  readonly count: number
  /** Sends message number `index`. */
  send(index: number): void
  /** What is wrong with the echo of message number `index`; null when nothing is. */
  compare(index: number, echo: IncomingMessage): string | null
}

/** Keeps one message in flight: sends the first, and each further one when the echo of the one before is right. */
export class SeriesRun {
  #sent = 0
  #matched = 0
  #failure = ''
  readonly #source: MessageSource
  readonly #wire: Pick<Wire, 'hold' | 'release'>

  constructor(source: MessageSource, wire: Pick<Wire, 'hold' | 'release'>) {
    this.#source = source
    this.#wire = wire
  }

  get isDone(): boolean {
    return this.#failure !== '' || this.#matched === this.#source.count
  }

  /** All frames of a message leave together. */
  sendNext(): void {
    this.#wire.hold()
    this.#source.send(this.#sent++)
    this.#wire.release()
  }

  /** Takes an echo; true when the series is over, one way or the other. */
  take(echo: IncomingMessage): boolean {
    if (this.isDone || this.#matched === this.#sent) {
      this.#failure ||= `a message came that nothing called for (${describe(echo)})`
      return true
    }
    const wrong = this.#source.compare(this.#matched, echo)
    if (wrong !== null) {
      this.#failure = `message ${this.#matched + 1} came back wrong: ${wrong}`
      return true
    }
    this.#matched++
    if (this.isDone) return true
    this.sendNext()
    return false
  }

  get series(): Series {
    return { sent: this.#sent, matched: this.#matched, of: this.#source.count, failure: this.#failure }
  }
}

const describe = ({ binary, length }: IncomingMessage): string =>
  `${binary ? 'binary' : 'text'} of ${length} octets`

/** Kind and length of an echo against what was sent; null when both are right. */
export function compareShape(echo: IncomingMessage, binary: boolean, length: number): string | null {
  if (echo.binary !== binary) return `${describe(echo)} instead of ${binary ? 'binary' : 'text'}`
  return echo.length === length ? null : `${describe(echo)} instead of ${length} octets`
}
