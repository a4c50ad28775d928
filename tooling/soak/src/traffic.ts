/** What peers say, and whether what comes back is the same. */
import type { Random } from './random.ts'

export type Payload = string | Buffer

const SMALL = 200
const MIDDLE = 5000
const LARGE = 300_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz äöü€𝄞'

/** A message of any kind and size; small ones are far more likely. */
export function randomMessage(random: Random): Payload {
  const most = random.oneIn(100) ? LARGE : random.oneIn(8) ? MIDDLE : SMALL
  const size = random.below(most)
  return random.oneIn(2) ? randomText(random, size) : randomBytes(random, size)
}

function randomText(random: Random, size: number): string {
  const letters = [...LETTERS]
  const word = Array.from({ length: 1 + random.below(40) }, () => random.pick(letters)).join('')
  return word.repeat(Math.ceil(size / word.length))
}

function randomBytes(random: Random, size: number): Buffer {
  const bytes = Buffer.alloc(size, random.below(256))
  for (let at = 0; at < size; at += 1 + random.below(16)) bytes[at] = random.below(256)
  return bytes
}

/** What was sent on one connection and has not come back yet: echoes come in order, and equal to the last octet. */
export class Expected {
  readonly #waiting: Payload[] = []
  /** The first difference; null while there is none. */
  fault: string | null = null
  messages = 0
  octets = 0

  get open(): number {
    return this.#waiting.length
  }

  sent(payload: Payload): void {
    this.#waiting.push(payload)
  }

  received(payload: Payload): void {
    const expected = this.#waiting.shift()
    this.messages++
    this.octets += payload.length
    if (expected === undefined) this.fault ??= 'an echo of nothing'
    else if (!isSame(expected, payload))
      this.fault ??= `${describe(payload)} came back for ${describe(expected)}`
  }
}

function isSame(left: Payload, right: Payload): boolean {
  if (typeof left === 'string' || typeof right === 'string') return left === right
  return left.equals(right)
}

const describe = (payload: Payload): string =>
  typeof payload === 'string' ? `text of ${payload.length}` : `binary of ${payload.length}`
