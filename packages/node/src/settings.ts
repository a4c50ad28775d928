/**
 * Every limit and every timeout of a connection, with its default; one table for `listen`, `attach` and `connect`.
 *
 * A wrong option is the caller's mistake: it throws at once and says what was given and what is allowed.
 */

/** What a peer, or a slow reader, may cost. All in bytes unless the name says otherwise; `Infinity` lifts a limit. */
export interface Limits {
  /** Largest message that is taken, inclusive, also after decompression. Default 16 MiB. */
  readonly maxMessageSize: number
  /** Most frames of one message. Default 131,072. */
  readonly maxFragments: number
  /** Every Ping is answered while fewer Pongs than this wait for the socket; beyond, only the latest. Default 16. */
  readonly maxPendingPongs: number
  /** Largest request or response head. Default 16 KiB. */
  readonly maxHeadSize: number
  /** Most header lines of a head. Default 100. */
  readonly maxHeadLines: number
  /**
   * While more output than this is pending, `send` answers false; while answers are, nothing is read: over TLS while six times as much
   * is, until it is known whether it leaves. Default 64 KiB.
   */
  readonly highWaterMark: number
  /** With more output than this pending, the next `send` closes the connection with 1008. Default 16 MiB. */
  readonly maxPendingOutput: number
  /** Server: most connections at once, those in their opening handshake included. Default no limit. */
  readonly maxConnections: number
  /** Server: most connections at once with one key; the key is the address of the peer, or what `connectionKey` says. Default no limit. */
  readonly maxConnectionsPerKey: number
  /** Client: how much of the body of a refusal is read. Default 64 KiB. */
  readonly maxRefusalBody: number
}

/** How long things may take, in milliseconds; `Infinity` waits for ever. */
export interface Timeouts {
  /**
   * The whole opening handshake. `listen` counts from accepting TCP, `attach` from the upgrade event, `connect` from the
   * call. Default 10,000.
   */
  readonly handshakeMs: number
  /** Closing: the longest time without write progress or an answer. Default 10,000. */
  readonly closeMs: number
  /** Closing: the longest time in total. Default 30,000. */
  readonly closeTotalMs: number
}

/** A Ping after silence, and how long its answer may take. */
export interface Heartbeat {
  /** How long nothing may arrive before a Ping is sent, in milliseconds. Default 30,000. */
  readonly intervalMs: number
  /** How long after that Ping nothing may arrive before the connection is given up, in milliseconds. Default 30,000. */
  readonly graceMs: number
}

/** What every connection of a server, or of a client, is driven with. */
export interface Settings {
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly heartbeat: Heartbeat | null
}

/** The options that are settings. */
export interface SettingsOptions {
  readonly limits?: Partial<Limits> | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  /** Pings a silent peer and gives it up when that brings nothing. Rests while the application does not pull. Default off. */
  readonly heartbeat?: Partial<Heartbeat> | boolean | undefined
}

const KIB = 1024
const MIB = 1024 * KIB

/** The defaults of `limits`. */
export const defaultLimits: Limits = {
  maxMessageSize: 16 * MIB,
  maxFragments: 131_072,
  maxPendingPongs: 16,
  maxHeadSize: 16 * KIB,
  maxHeadLines: 100,
  highWaterMark: 64 * KIB,
  maxPendingOutput: 16 * MIB,
  maxConnections: Number.POSITIVE_INFINITY,
  maxConnectionsPerKey: Number.POSITIVE_INFINITY,
  maxRefusalBody: 64 * KIB,
}

/** The defaults of `timeouts`. */
export const defaultTimeouts: Timeouts = { handshakeMs: 10_000, closeMs: 10_000, closeTotalMs: 30_000 }

/** The defaults of `heartbeat: true`. */
export const defaultHeartbeat: Heartbeat = { intervalMs: 30_000, graceMs: 30_000 }

/** The settings with the given ones in place of their defaults. Throws for what is none. */
export function readSettings({ limits, timeouts, heartbeat }: SettingsOptions): Settings {
  return {
    limits: readNumbers('limits', limits, defaultLimits),
    timeouts: readNumbers('timeouts', timeouts, defaultTimeouts),
    heartbeat: readHeartbeat(heartbeat),
  }
}

function readHeartbeat(given: Partial<Heartbeat> | boolean | undefined): Heartbeat | null {
  if (given === undefined || given === false) return null
  return given === true ? defaultHeartbeat : readNumbers('heartbeat', given, defaultHeartbeat)
}

/** The longest delay that Node's timers know; a longer one fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** Calls back after a delay; never, when the delay is longer than timers can count (24.8 days). */
export function startTimer(run: () => void, delayMs: number): NodeJS.Timeout | undefined {
  return delayMs > MAX_DELAY_MS ? undefined : setTimeout(run, delayMs)
}

/** Throws a TypeError for an option that does not exist, which most often is a typing mistake. */
export function checkNames(what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `${what} has no option ${JSON.stringify(name)}; the options are ${known.join(', ')}`,
      )
    }
  }
}

function readNumbers<T extends { readonly [Name in keyof T]: number }>(
  what: string,
  given: Partial<T> | undefined,
  defaults: T,
): T {
  if (given === undefined) return defaults
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${what} must be an object, but was ${String(given)}`)
  }
  checkNames(what, given, Object.keys(defaults))
  const chosen = { ...defaults }
  for (const name of keysOf(defaults)) {
    const value = given[name]
    if (value === undefined) continue
    checkNumber(`${what}.${String(name)}`, value, finite.has(name))
    chosen[name] = value
  }
  return chosen
}

/** Limits without which reading a head would not end. */
const finite: ReadonlySet<unknown> = new Set(['maxHeadSize', 'maxHeadLines'])

/** Throws a RangeError for what is no whole number from 0 up (`bounded`: from 1 up), nor Infinity where that is allowed. */
export function checkNumber(name: string, value: unknown, bounded = false): void {
  const fits = Number.isInteger(value) && Number(value) >= (bounded ? 1 : 0)
  if (fits || (value === Number.POSITIVE_INFINITY && !bounded)) return
  const allowed = bounded ? 'a whole number from 1 up' : 'a whole number from 0 up, or Infinity'
  throw new RangeError(`${name} must be ${allowed}, but was ${String(value)}`)
}

function* keysOf<T extends object>(object: T): Iterable<keyof T> {
  for (const name in object) yield name
}
