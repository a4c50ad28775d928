import { Duplex } from 'node:stream'

class End extends Duplex {
  other: End | null = null
  /** Called when this end is read again. */
  wanted: (() => void) | null = null

  override _read(): void {
    const { wanted } = this
    this.wanted = null
    wanted?.()
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const { other } = this
    if (other === null) throw new Error('this end has no other')
    if (other.push(chunk)) process.nextTick(done)
    else other.wanted = done
  }

  override _final(done: () => void): void {
    this.other?.push(null)
    done()
  }
}

/** Two streams in memory: what is written to one is read from the other. */
export function duplexPair(highWaterMark: number): [Duplex, Duplex] {
  const near = new End({ highWaterMark })
  const far = new End({ highWaterMark })
  near.other = far
  far.other = near
  return [near, far]
}
