/** Carries out a script, step by step, until it is done or nobody listens any more. */
import { Opcode, Rsv, StatusCode } from '@hybi/frame'
import type { ReceivedEvent } from '../cases/case.ts'
import { bomb } from '../cases/own/deflated.ts'
import { type Condition, closeBody, type Step } from '../cases/step.ts'
import { cutMessage } from '../peer/outgoing.ts'
import type { Peer } from '../peer/peer.ts'
import type { Recorder } from '../peer/recorder.ts'
import type { Wire } from '../peer/wire.ts'

export interface ScriptContext {
  readonly peer: Peer
  readonly wire: Wire
  readonly recorder: Recorder
  readonly events: readonly ReceivedEvent[]
  /** True: the rest of the script has no meaning any more. */
  isOver(): boolean
  /** A tagged wait ran to its end. */
  timeout(tag: string): void
  /** A condition was not met in time. */
  unmet(text: string): void
}

export async function runSteps(steps: readonly Step[], context: ScriptContext): Promise<void> {
  const { wire } = context
  wire.hold()
  try {
    for (const step of steps) {
      if (context.isOver()) return
      const pending = runStep(step, context)
      if (pending !== null) await pending
    }
  } finally {
    wire.release()
  }
}

/** A promise only where the step takes time: what follows one another without waiting leaves in one write. */
function runStep(step: Step, context: ScriptContext): Promise<void> | null {
  const { peer, wire, recorder } = context
  const isOver = () => context.isOver()
  switch (step.do) {
    case 'frame':
      return peer.outgoing.frame(step.frame, isOver)
    case 'message':
      return peer.outgoing.message(step.message, isOver)
    case 'begin-frame':
      peer.outgoing.beginFrame(step.opcode, step.length)
      return null
    case 'frame-data':
      peer.outgoing.frameData(step.payload)
      return null
    case 'octets':
      if (step.chop !== undefined) return peer.outgoing.chopped(step.octets, step.chop, isOver)
      peer.outgoing.octets(step.octets)
      return null
    case 'wait':
      return wait(step, context)
    case 'until':
      return until(step.condition, step.ms, context)
    case 'close':
      peer.beginClose(step.body)
      return null
    case 'kill-after':
      recorder.timer({ timer: 'kill', event: 'armed', delayMs: step.ms })
      peer.after(step.ms, () => {
        if (!peer.isOpen) return
        recorder.timer({ timer: 'kill', event: 'expired' })
        peer.fail(StatusCode.GOING_AWAY)
      })
      return null
    case 'close-after':
      recorder.timer({ timer: 'close', event: 'armed', delayMs: step.ms })
      peer.after(step.ms, () => {
        if (!peer.isOpen) return
        recorder.timer({ timer: 'close', event: 'expired' })
        peer.beginClose(closeBody(StatusCode.NORMAL))
      })
      return null
    case 'stop-reading':
      wire.stopReading()
      return null
    case 'read-on':
      wire.readOn()
      return null
    case 'half-close':
      peer.halfClose()
      return null
    case 'reset':
      peer.reset()
      return null
    case 'truncate':
      peer.truncate()
      return null
    case 'empty-fragments':
      return peer.outgoing.emptyFragments(step.count, isOver)
    case 'octets-of-frame':
      return inPieces(step, context)
    case 'bomb':
      return sendBomb(step, context)
  }
}

async function wait(step: Extract<Step, { do: 'wait' }>, context: ScriptContext): Promise<void> {
  const { peer, wire, recorder } = context
  const { ms, unless } = step
  const tag = step.tag === undefined ? {} : { tag: step.tag }
  recorder.timer({ timer: 'wait', event: 'armed', delayMs: ms, ...tag })
  wire.release()
  // The endpoint's end of the connection ends the wait: nothing that comes later could matter.
  const cutShort = await peer.waitFor(
    () => context.isOver() || (unless !== undefined && isMet(unless, context)),
    ms,
  )
  wire.hold()
  if (cutShort || peer.isGone) return
  recorder.timer({ timer: 'wait', event: 'expired', ...tag })
  if (step.tag !== undefined) context.timeout(step.tag)
}

const PAUSE_MS = 200

async function inPieces(
  step: Extract<Step, { do: 'octets-of-frame' }>,
  context: ScriptContext,
): Promise<void> {
  const { peer, wire } = context
  const octets = peer.outgoing.encode(step.opcode, step.payload)
  let from = 0
  for (const to of [...step.cutAt, octets.length]) {
    peer.outgoing.octets(octets.subarray(from, to))
    from = to
    if (to === octets.length) return
    wire.release()
    await peer.waitFor(() => context.isOver(), PAUSE_MS)
    wire.hold()
  }
}

async function sendBomb(step: Extract<Step, { do: 'bomb' }>, { peer, isOver }: ScriptContext): Promise<void> {
  const compressed = bomb(step.length)
  for (const part of cutMessage(compressed, step.fragment === 0 ? {} : { fragment: step.fragment })) {
    if (isOver()) return
    const opcode = part.first ? Opcode.BINARY : Opcode.CONTINUATION
    peer.outgoing.fastFrame(opcode, part.last, part.first ? Rsv.RSV1 : 0, part.payload)
  }
}

async function until(condition: Condition, ms: number, context: ScriptContext): Promise<void> {
  const { peer, wire, recorder } = context
  wire.release()
  const met = await peer.waitFor(() => isMet(condition, context), ms)
  wire.hold()
  const text = describeCondition(condition)
  recorder.note(met ? `${text}: seen` : `${text}: not seen within ${ms} ms`)
  if (!met) context.unmet(text)
}

function isMet(condition: Condition, { peer, recorder, events }: ScriptContext): boolean {
  if (condition.seen === 'close') return peer.remoteClose !== null
  if (condition.seen === 'end') return peer.hasReceivedFin || peer.isGone
  if (condition.seen === 'octets') return recorder.octets.received >= condition.count
  return events.filter(({ type }) => type === condition.seen).length >= condition.count
}

function describeCondition(condition: Condition): string {
  if (condition.seen === 'close') return 'a Close frame'
  if (condition.seen === 'end') return 'the end of TCP'
  if (condition.seen === 'octets') return `${condition.count} octets`
  return `${condition.count} × ${condition.seen}`
}
