/**
 * The states of a session and every transition between them (RFC 6455, 5.5.1 and 7.1).
 *
 *             close()          peer's Close     violation        peer's FIN      output       transport
 *                                                                                drained      lost
 * open        closing [Close]  complete [Close] failed [Close]   ended           -            closed
 * closing     -                complete         failed           ended           -            closed
 * complete    -                -                -                ended           -            closed
 * failed      -                -                -                ended           -            closed
 * ended       -                -                -                -               closed       closed
 * closed      -                -                -                -               -            -
 *
 * [Close] marks the transitions that send the one Close frame: those that leave `open` while the peer still listens.
 */

/**
 * - `open`: messages flow both ways.
 * - `closing`: this endpoint sent Close and waits for the peer's; what the peer still sends is read.
 * - `complete`: Close went both ways; only the end of the transport is awaited.
 * - `failed`: this endpoint failed the connection (7.1.7); input is ignored, the end of the transport is awaited.
 * - `ended`: the peer ended its side of the transport; what was accepted for output still leaves.
 * - `closed`: the transport has ended both ways.
 */
export type State = 'open' | 'closing' | 'complete' | 'failed' | 'ended' | 'closed'

/**
 * - `close`: the application closes.
 * - `close-received`: a legal Close frame of the peer was read.
 * - `violation`: the connection is failed.
 * - `end`: the peer's FIN was read.
 * - `drained`: nothing is left to send.
 * - `lost`: the transport is gone, both ways.
 */
export type Input = 'close' | 'close-received' | 'violation' | 'end' | 'drained' | 'lost'

/** The table: the state that follows each pair of state and input. */
export const transitions: Readonly<Record<State, Readonly<Record<Input, State>>>> = {
  open: {
    close: 'closing',
    'close-received': 'complete',
    violation: 'failed',
    end: 'ended',
    drained: 'open',
    lost: 'closed',
  },
  closing: {
    close: 'closing',
    'close-received': 'complete',
    violation: 'failed',
    end: 'ended',
    drained: 'closing',
    lost: 'closed',
  },
  complete: {
    close: 'complete',
    'close-received': 'complete',
    violation: 'complete',
    end: 'ended',
    drained: 'complete',
    lost: 'closed',
  },
  failed: {
    close: 'failed',
    'close-received': 'failed',
    violation: 'failed',
    end: 'ended',
    drained: 'failed',
    lost: 'closed',
  },
  ended: {
    close: 'ended',
    'close-received': 'ended',
    violation: 'ended',
    end: 'ended',
    drained: 'closed',
    lost: 'closed',
  },
  closed: {
    close: 'closed',
    'close-received': 'closed',
    violation: 'closed',
    end: 'closed',
    drained: 'closed',
    lost: 'closed',
  },
}

/** True in the states that read frames. 7.1.7: after failing, "MUST NOT continue to attempt to process data". */
export const readsFrames = (state: State): boolean => state === 'open' || state === 'closing'

/** True for a transition that sends the Close frame. */
export const sendsClose = (from: State, to: State): boolean =>
  from === 'open' && (to === 'closing' || to === 'complete' || to === 'failed')

/**
 * True in the states in which nothing follows what was accepted for output, so that the transport is half-closed.
 * 7.1.1: when "a server is instructed to _Close the WebSocket Connection_ it SHOULD initiate a TCP Close immediately,
 * and when a client is instructed to do the same, it SHOULD wait for a TCP Close from the server."
 */
export function endsOutput(state: State, role: 'server' | 'client'): boolean {
  if (state === 'complete') return role === 'server'
  return !readsFrames(state)
}
