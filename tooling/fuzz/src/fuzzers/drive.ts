/** A driver for a session in memory, and what it saw and wrote in words that compare well. */
import { Opcode } from '@hybi/frame'
import type { Session, SessionEvent } from '@hybi/session'
import { readFrame } from '../model/frames.ts'
import { concat, toLatin1 } from '../octets.ts'

/** What came of a stream. */
export interface Seen {
  readonly events: string
  readonly sent: string
}

/** Writes events down; adjacent parts of one message become one entry. */
export class Log {
  text = ''
  #binary = false
  #parts: string | null = null

  add(event: SessionEvent): void {
    switch (event.type) {
      case 'part':
        this.#binary = event.binary
        if (event.first !== (this.#parts === null)) this.text += 'a part that is first in the wrong place\n'
        this.#parts = (this.#parts ?? '') + toLatin1(event.bytes)
        if (event.final) this.#endParts(true)
        return
      case 'message':
        this.text += messageLine(event.binary, true, toLatin1(event.bytes))
        if (!event.binary && event.text.length > event.size) this.text += 'a text that is too long\n'
        return
      case 'ping':
      case 'pong':
        // Control frames may come between the parts of a message.
        this.text += controlLine(event.type, toLatin1(event.payload))
        return
      case 'close':
        this.#endParts(false)
        this.text += closeLine(event.code, toLatin1(Buffer.from(event.reason)))
        return
      default: {
        this.#endParts(false)
        const { code, cause, wasClean, violation } = event.outcome
        this.text += closedLine(code, cause, wasClean, violation?.code ?? null)
      }
    }
  }

  #endParts(whole: boolean): void {
    if (this.#parts !== null) this.text += messageLine(this.#binary, whole, this.#parts)
    this.#parts = null
  }
}

export const messageLine = (binary: boolean, whole: boolean, payload: string): string =>
  `${whole ? 'message' : 'unfinished'} ${binary ? 'binary' : 'text'} ${payload.length} ${payload}\n`
export const controlLine = (kind: 'ping' | 'pong', payload: string): string =>
  `${kind} ${payload.length} ${payload}\n`
export const closeLine = (code: number, reason: string): string => `close ${code} ${reason}\n`
export const closedLine = (code: number, cause: string, wasClean: boolean, failure: number | null): string =>
  `closed ${code} ${cause} ${wasClean ? 'clean' : 'unclean'} ${failure}\n`

/** Frames that were written, in words; a fault in their form is a word, too. */
function describeOutput(output: Uint8Array, masked: boolean): string {
  let said = ''
  for (let at = 0; at < output.length; ) {
    const frame = readFrame(output, at)
    if (frame === null || !frame.whole) return `${said}a frame without its end\n`
    if (frame.masked !== masked) said += 'masked wrongly '
    if (frame.rsv !== 0 || !frame.fin) said += `fin ${frame.fin} rsv ${frame.rsv} `
    said += sentLine(frame.opcode, toLatin1(frame.payload))
    at = Number(frame.end)
  }
  return said
}

export const sentLine = (opcode: number, payload: string): string =>
  `${opcode} ${payload.length} ${payload}\n`

/** Hands over the chunks one by one, echoes whole messages, and ends the transport. */
export function driveEcho(session: Session, chunks: readonly Uint8Array[], transient: boolean): Seen {
  const log = new Log()
  const output: Uint8Array[] = []
  const pull = (): void => {
    for (let event = session.next(); event !== null; event = session.next()) {
      log.add(event)
      if (event.type === 'message') session.sendMessage(event)
    }
  }
  for (const chunk of chunks) {
    session.receive(chunk)
    pull()
    if (transient) chunk.fill(0xee)
    output.push(...session.takeOutput())
  }
  session.receiveEnd()
  pull()
  output.push(...session.takeOutput())
  pull()
  return { events: log.text, sent: describeOutput(concat(output), session.role === 'client') }
}

/** The answer to a Close or to a mistake. */
export const sentClose = (code: number, reason: string): string =>
  sentLine(Opcode.CLOSE, String.fromCharCode(code >>> 8, code & 0xff) + reason)
