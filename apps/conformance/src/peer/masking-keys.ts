/** Fresh masking keys (RFC 6455 5.3), drawn from the system many at a time. */
import { randomFillSync } from 'node:crypto'

const BATCH = 1024

export class MaskingKeys {
  readonly #keys = new Uint32Array(BATCH)
  #next = BATCH

  next(): number {
    if (this.#next === BATCH) {
      randomFillSync(this.#keys)
      this.#next = 0
    }
    return this.#keys[this.#next++]
  }
}
