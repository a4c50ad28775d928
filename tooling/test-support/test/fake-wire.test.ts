import { expect, test } from 'vitest'
import { settleWire, WireEnd, type WireEndpoint } from '../src/index.ts'

/** Sends what it is told, reports what comes as text. */
class Telephone implements WireEndpoint<string> {
  outputEnded = false
  #output: Uint8Array[] = []
  readonly #events: string[] = []

  say(text: string): void {
    this.#output.push(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
  }

  receive(chunk: Uint8Array): void {
    this.#events.push(String.fromCharCode(...chunk))
  }

  receiveEnd(): void {
    this.#events.push('(end)')
  }

  transportLost(cause: string): void {
    this.#events.push(`(${cause})`)
  }

  next(): string | null {
    return this.#events.shift() ?? null
  }

  takeOutput(): Uint8Array[] {
    const output = this.#output
    this.#output = []
    return output
  }
}

function createPair() {
  const [a, b] = [new Telephone(), new Telephone()]
  const seen: string[] = []
  const left = new WireEnd<string>(a, (event) => seen.push(`a: ${event}`))
  const right = new WireEnd<string>(b, (event) => seen.push(`b: ${event}`))
  return { a, b, left, right, seen }
}

test('moves as many octets as it is told, and all when it settles', () => {
  const { a, b, left, right, seen } = createPair()
  a.say('hel')
  a.say('lo')
  left.turn()
  expect(left.inFlight).toBe(5)
  left.deliver(right, 2)
  b.say('hi')
  settleWire(left, right)
  expect(seen).toEqual(['b: he', 'b: llo', 'a: hi'])
  expect(right.events).toEqual(['he', 'llo'])
})

test('delivers the end behind the last octet, once', () => {
  const { a, left, right } = createPair()
  a.say('bye')
  a.outputEnded = true
  left.turn()
  left.deliver(right, 2)
  left.deliver(right, 2)
  left.deliver(right, 2)
  expect(right.events).toEqual(['by', 'e', '(end)'])
  expect(left.busy).toBe(false)
})

test('does not let an endpoint speak after its end', () => {
  const { a, left } = createPair()
  a.outputEnded = true
  left.turn()
  a.say('oh')
  expect(() => left.turn()).toThrow('output after the end of the output')
})

test('loses what is in flight with the wire', () => {
  const { a, left, right } = createPair()
  a.say('gone')
  left.lose()
  settleWire(left, right)
  expect(right.events).toEqual([])
  expect(left.events).toEqual(['(reset)'])
  expect(left.inFlight).toBe(0)
})
