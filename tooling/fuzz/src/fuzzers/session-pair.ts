/** Two sessions on a wire in memory: commands at both ends, octets that move in any portions, and a wire that may break. */

import { createTransform, type Parameters } from '@hybi/permessage-deflate'
import { Session, type SessionEvent, violations } from '@hybi/session'
import { settleWire, WireEnd } from '@hybi/test-support'
import { randomText } from '../corpus/texts.ts'
import { defineFuzzer } from '../fuzzer.ts'
import { toHex, toLatin1 } from '../octets.ts'
import type { Random } from '../random.ts'

type Side = 0 | 1

type Move =
  | {
      readonly do: 'message' | 'ping' | 'fragment' | 'last-fragment'
      readonly side: Side
      readonly payload: Uint8Array
    }
  | { readonly do: 'deliver'; readonly side: Side; readonly octets: number }
  | { readonly do: 'close' | 'fail'; readonly side: Side }

interface Input {
  readonly deflate: boolean
  readonly moves: readonly Move[]
  /** How it ends: in order, or by the loss of one end when so many octets more have gone out of it. */
  readonly ending:
    | { readonly lost: false; readonly by: Side }
    | { readonly lost: true; readonly by: Side; readonly octets: number }
}

const AGREED: Parameters = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}

function generate(random: Random): Input {
  const deflate = random.oneIn(4)
  const moves = Array.from({ length: random.size(40) }, () => randomMove(random, deflate))
  const by = random.below(2) as Side
  const ending = random.oneIn(2)
    ? { lost: false as const, by }
    : { lost: true as const, by, octets: random.size(80) }
  return { deflate, moves, ending }
}

function randomMove(random: Random, deflate: boolean): Move {
  const side = random.below(2) as Side
  const choice = random.below(20)
  if (choice < 8) return { do: 'deliver', side, octets: random.oneIn(3) ? Infinity : random.size(40) }
  const payload = randomText(random, random.size(random.oneIn(10) ? 300 : 12))
  if (choice < 13) return { do: 'message', side, payload }
  // Fragments of a compressed message are inflated off the event loop; here everything happens at once.
  if (choice < 17)
    return { do: deflate ? 'message' : random.oneIn(2) ? 'fragment' : 'last-fragment', side, payload }
  if (choice < 19) return { do: 'ping', side, payload: payload.slice(0, 125) }
  return { do: random.oneIn(3) ? 'fail' : 'close', side }
}

/** One end, what it accepted and what it got. */
class End {
  readonly session: Session
  readonly wire: WireEnd<SessionEvent>
  readonly sent: string[] = []
  readonly received: string[] = []
  #fragments: string | null = null

  constructor(role: 'server' | 'client', deflate: boolean) {
    this.session = new Session({
      role,
      maskingKey: () => 0x9abcdef0,
      transform: deflate ? createTransform(AGREED, role, { threshold: 4 }) : undefined,
    })
    this.wire = new WireEnd<SessionEvent>(this.session, (event) => {
      if (event.type === 'message') this.received.push(toLatin1(event.bytes))
    })
  }

  message(payload: Uint8Array): void {
    if (this.#fragments === null && this.session.sendMessage(payload, { binary: false }))
      this.sent.push(toLatin1(payload))
  }

  fragment(payload: Uint8Array, fin: boolean): void {
    if (!this.session.sendFragment(payload, { fin, binary: false })) return
    const message = (this.#fragments ?? '') + toLatin1(payload)
    if (fin) this.sent.push(message)
    this.#fragments = fin ? null : message
  }
}

function play(ends: readonly [End, End], moves: readonly Move[]): { failed: boolean } {
  let failed = false
  for (const move of moves) {
    const end = ends[move.side]
    switch (move.do) {
      case 'deliver':
        end.wire.deliver(ends[move.side === 0 ? 1 : 0].wire, move.octets)
        continue
      case 'message':
        end.message(move.payload)
        break
      case 'fragment':
        end.fragment(move.payload, false)
        break
      case 'last-fragment':
        end.fragment(move.payload, true)
        break
      case 'ping':
        end.session.sendPing(move.payload)
        break
      case 'close':
        end.session.close(4321)
        break
      default:
        end.session.fail(violations.internalError)
        failed = true
    }
    end.wire.turn()
  }
  return { failed }
}

function check({ deflate, moves, ending }: Input): string | null {
  const ends = [new End('server', deflate), new End('client', deflate)] as const
  const { failed } = play([...ends], moves)
  const [first, second] = ending.by === 0 ? ends : [ends[1], ends[0]]
  if (ending.lost) {
    first.wire.deliver(second.wire, ending.octets)
    first.wire.lose()
    second.wire.deliver(first.wire, Infinity)
    second.wire.lose()
  } else {
    first.session.close(1000)
    first.wire.turn()
    settleWire(first.wire, second.wire)
  }
  return judge(ends[0], ends[1], ending.lost, failed) ?? judge(ends[1], ends[0], ending.lost, failed)
}

/** What is wrong with one end. Whoever fails the connection ignores what comes; nobody else loses anything in order. */
function judge(end: End, peer: End, lost: boolean, failed: boolean): string | null {
  const closed = end.wire.events.filter(({ type }) => type === 'closed')
  if (closed.length !== 1 || end.wire.events.at(-1)?.type !== 'closed')
    return `${closed.length} ends were reported`
  if (end.session.state !== 'closed' || end.session.pendingOutput !== 0) return 'something is left'
  const expected = lost || failed ? peer.sent.slice(0, end.received.length) : peer.sent
  if (JSON.stringify(end.received) !== JSON.stringify(expected))
    return `${end.session.role} received ${JSON.stringify(end.received)} of ${JSON.stringify(peer.sent)}`
  const [event] = closed
  if (event?.type === 'closed' && !lost && !failed && !event.outcome.wasClean)
    return `not clean: ${JSON.stringify(event.outcome)}`
  if (
    event?.type === 'closed' &&
    event.outcome.violation !== undefined &&
    event.outcome.violation !== violations.internalError
  )
    return `a violation of honest ends: ${event.outcome.violation.name}`
  return null
}

export const sessionPair = defineFuzzer<Input>({
  name: 'session-pair',
  about: 'two sessions on a wire in memory, any commands, any portions, loss of either end at any octet',
  weight: 3,
  generate,
  check,
  show: (input) => JSON.stringify(input, (_, value) => (value instanceof Uint8Array ? toHex(value) : value)),
  shrink: function* (input) {
    for (let i = 0; i < input.moves.length; i++)
      yield { ...input, moves: input.moves.filter((_, index) => index !== i) }
  },
})
