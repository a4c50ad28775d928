/** Two sessions on a fake wire: whatever both do, and wherever the wire breaks. */
import { settleWire, WireEnd } from '@hybi/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CloseOutcome, type Session, type SessionEvent, violations } from '../src/index.ts'
import { createSession, type Role } from './support.ts'
import { SwapCase } from './toys.ts'

/** One end of a connection, and what its application has done and seen. */
class End {
  readonly session: Session
  readonly wire: WireEnd<SessionEvent>
  /** Messages that were accepted, and messages that came. */
  readonly sent: string[] = []
  readonly received: string[] = []
  #fragments: string | null = null

  constructor(role: Role) {
    this.session = createSession(role, { transform: new SwapCase(4) })
    this.wire = new WireEnd<SessionEvent>(this.session, (event) => {
      if (event.type === 'message') this.received.push(event.text)
    })
  }

  act(action: Action): void {
    const { session } = this
    switch (action.kind) {
      case 'message':
        if (this.#fragments === null && session.sendMessage(action.text)) this.sent.push(action.text)
        break
      case 'fragment':
        if (session.sendFragment(action.text, { fin: action.fin }))
          this.#fragmentSent(action.text, action.fin)
        break
      case 'ping':
        session.sendPing(action.text)
        break
      case 'close':
        session.close(action.code, action.text)
        break
      default:
        session.fail(violations.internalError)
    }
  }

  #fragmentSent(text: string, fin: boolean): void {
    const message = (this.#fragments ?? '') + text
    if (fin) this.sent.push(message)
    this.#fragments = fin ? null : message
  }

  get outcomes(): CloseOutcome[] {
    return this.wire.events.flatMap((event) => (event.type === 'closed' ? [event.outcome] : []))
  }
}

type Action =
  | { readonly kind: 'message' | 'ping'; readonly text: string }
  | { readonly kind: 'fragment'; readonly text: string; readonly fin: boolean }
  | { readonly kind: 'close'; readonly code: number; readonly text: string }
  | { readonly kind: 'fail' }

/** An application does something, or octets move. */
type Move = { readonly by: Role } & ({ readonly action: Action } | { readonly deliver: number })

const text = fc.string({ unit: 'grapheme', maxLength: 6 })
const by = fc.constantFrom<Role>('server', 'client')

const talk: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('message' as const), text }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fragment' as const), text, fin: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ping' as const), text }) },
)
const end: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('close' as const),
  code: fc.constantFrom(1000, 1001, 4000),
  text,
})

const moves = (actions: fc.Arbitrary<Action>): fc.Arbitrary<Move[]> =>
  fc.array(
    fc.oneof(
      { weight: 2, arbitrary: fc.record({ by, action: actions }) },
      {
        weight: 3,
        arbitrary: fc.record({ by, deliver: fc.oneof(fc.nat({ max: 9 }), fc.constant(Infinity)) }),
      },
    ),
    { maxLength: 40 },
  )

interface Pair {
  readonly server: End
  readonly client: End
}

const createPair = (): Pair => ({ server: new End('server'), client: new End('client') })
const other = (role: Role): Role => (role === 'server' ? 'client' : 'server')

function play(pair: Pair, sequence: readonly Move[]): void {
  for (const move of sequence) {
    const acting = pair[move.by]
    if ('action' in move) {
      acting.act(move.action)
      acting.wire.turn()
    } else {
      acting.wire.deliver(pair[other(move.by)].wire, move.deliver)
    }
  }
}

const settle = ({ server, client }: Pair): void => settleWire(server.wire, client.wire)

describe('two sessions', () => {
  test('lose nothing and change nothing while nobody closes', () => {
    fc.assert(
      fc.property(moves(talk), (sequence) => {
        const pair = createPair()
        play(pair, sequence)
        settle(pair)
        expect(pair.client.received).toEqual(pair.server.sent)
        expect(pair.server.received).toEqual(pair.client.sent)
        expect([pair.server.session.state, pair.client.session.state]).toEqual(['open', 'open'])
      }),
      { numRuns: 200 },
    )
  })

  test('close cleanly whoever closes and when, both at once too, and lose nothing that was accepted', () => {
    fc.assert(
      fc.property(
        moves(fc.oneof({ weight: 6, arbitrary: talk }, { weight: 1, arbitrary: end })),
        by,
        (sequence, last) => {
          const pair = createPair()
          play(pair, sequence)
          pair[last].session.close(1001)
          pair[last].wire.turn()
          settle(pair)
          expect(pair.client.received).toEqual(pair.server.sent)
          expect(pair.server.received).toEqual(pair.client.sent)
          for (const { outcomes, session } of [pair.server, pair.client]) {
            expect(outcomes).toMatchObject([{ wasClean: true, cause: 'close' }])
            expect(session.state).toBe('closed')
          }
          const initiators = [pair.server, pair.client].map(({ outcomes }) => outcomes[0].initiator)
          expect(initiators, 'one of them, or both at once').toContain('local')
        },
      ),
      { numRuns: 200 },
    )
  })

  test('come to an end when either fails the connection, and see a prefix of what was sent', () => {
    fc.assert(
      fc.property(moves(talk), by, (sequence, failing) => {
        const pair = createPair()
        play(pair, sequence)
        pair[failing].session.fail(violations.internalError)
        pair[failing].wire.turn()
        settle(pair)
        const [failed, peer] = [pair[failing], pair[other(failing)]]
        expect(peer.received).toEqual(failed.sent)
        expect(peer.sent.slice(0, failed.received.length)).toEqual(failed.received)
        expect(failed.outcomes).toMatchObject([{ code: 1006, cause: 'violation', initiator: 'local' }])
        expect(peer.outcomes).toMatchObject([
          { code: 1011, cause: 'close', initiator: 'remote', wasClean: true },
        ])
      }),
      { numRuns: 200 },
    )
  })

  test('survive the loss of either end at any byte: one end reported each, and a prefix of what was sent', () => {
    const anything = fc.oneof(
      { weight: 8, arbitrary: talk },
      { weight: 1, arbitrary: end },
      { weight: 1, arbitrary: fc.constant<Action>({ kind: 'fail' }) },
    )
    fc.assert(
      fc.property(moves(anything), by, fc.nat({ max: 60 }), (sequence, losing, octets) => {
        const pair = createPair()
        play(pair, sequence)
        const [lost, peer] = [pair[losing], pair[other(losing)]]
        lost.wire.deliver(peer.wire, octets)
        lost.wire.lose()
        peer.wire.deliver(lost.wire, Infinity)
        peer.wire.lose()
        for (const { outcomes, wire, session } of [lost, peer]) {
          expect(outcomes).toHaveLength(1)
          expect(wire.events.at(-1)?.type).toBe('closed')
          expect(session).toMatchObject({ state: 'closed', pendingOutput: 0 })
        }
        expect(peer.sent.slice(0, lost.received.length)).toEqual(lost.received)
        expect(lost.sent.slice(0, peer.received.length)).toEqual(peer.received)
      }),
      { numRuns: 300 },
    )
  })
})
