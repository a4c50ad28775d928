/** What a user may choose, its defaults, and the checks of what was chosen. */
import { type Budget, sharedBudget } from './budget.ts'
import type { Codec, DeflateSettings } from './codec.ts'
import { MAX_WINDOW_BITS, MIN_WINDOW_BITS } from './parameters.ts'
import { defaultCodec, zlibCodec } from './zlib-codec.ts'

/** Options of both roles; the README has the table of what each one costs and gains. */
export interface PermessageDeflateOptions {
  /** Ask for, and as a server insist on, fresh contexts for what the server sends (7.1.1.1). Default true. */
  readonly serverNoContextTakeover?: boolean | undefined
  /** Ask for, and as a server insist on, fresh contexts for what the client sends (7.1.1.2). Default true. */
  readonly clientNoContextTakeover?: boolean | undefined
  /** The largest window, in bits, that the server may compress with; 8 to 15. Default: not limited, 15. */
  readonly serverMaxWindowBits?: number | undefined
  /**
   * The largest window, in bits, that the client may compress with; 8 to 15. A server that is given a number declines
   * offers that do not allow it to ask for that. Default `true`: a client lets the server choose, a server does not limit.
   * `false`: a client does not let the server choose.
   */
  readonly clientMaxWindowBits?: number | boolean | undefined
  /** Messages shorter than this many bytes are sent as they are. Default 1,024 (README, "What a lower `threshold` would gain"). */
  readonly threshold?: number | undefined
  /** 0 to 9, as in zlib. Default 3: nearly the size of 6 for less than half of its time (README, "What a level costs"). */
  readonly level?: number | undefined
  /** 1 to 9, as in zlib. Default 8 (README, "What `memLevel` costs"). */
  readonly memLevel?: number | undefined
  /**
   * Up to this many bytes are compressed or inflated on the event loop, in one call. Default 65,536 (README, "What `syncSize`
   * decides").
   */
  readonly syncSize?: number | undefined
  /** The DEFLATE implementation. Default `node:zlib`. */
  readonly codec?: Codec | undefined
  /** What contexts and inflating messages may hold together. Default: 256 MiB, shared by the whole process. */
  readonly budget?: Budget | undefined
}

const DEFAULT_THRESHOLD = 1_024
const DEFAULT_LEVEL = 3
const DEFAULT_MEM_LEVEL = 8
const DEFAULT_SYNC_SIZE = 65_536

/** The options that negotiation looks at, each with its value. */
export interface NegotiationOptions {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number | undefined
  readonly clientMaxWindowBits: number | boolean
  readonly minWindowBits: number
}

/** The options that a transform looks at, each with its value. */
export interface TransformOptions {
  readonly threshold: number
  readonly syncSize: number
  readonly settings: Omit<DeflateSettings, 'windowBits'>
  readonly codec: Codec
  readonly budget: Budget
}

/** Fills in the defaults; throws RangeError for window bits outside 8 to 15. */
export function negotiationOptions(options: PermessageDeflateOptions): NegotiationOptions {
  const { serverMaxWindowBits, clientMaxWindowBits = true } = options
  if (serverMaxWindowBits !== undefined)
    checkInteger('serverMaxWindowBits', serverMaxWindowBits, MIN_WINDOW_BITS, MAX_WINDOW_BITS)
  if (typeof clientMaxWindowBits === 'number')
    checkInteger('clientMaxWindowBits', clientMaxWindowBits, MIN_WINDOW_BITS, MAX_WINDOW_BITS)
  return {
    serverNoContextTakeover: options.serverNoContextTakeover ?? true,
    clientNoContextTakeover: options.clientNoContextTakeover ?? true,
    serverMaxWindowBits,
    clientMaxWindowBits,
    minWindowBits: (options.codec ?? zlibCodec).minWindowBits,
  }
}

/** Fills in the defaults; throws RangeError for a number that is not allowed. */
export function transformOptions(options: PermessageDeflateOptions): TransformOptions {
  const { threshold = DEFAULT_THRESHOLD, syncSize = DEFAULT_SYNC_SIZE } = options
  const { level = DEFAULT_LEVEL, memLevel = DEFAULT_MEM_LEVEL } = options
  checkInteger('threshold', threshold, 0, Number.MAX_SAFE_INTEGER)
  checkInteger('syncSize', syncSize, 0, Number.MAX_SAFE_INTEGER)
  checkInteger('level', level, 0, 9)
  checkInteger('memLevel', memLevel, 1, 9)
  return {
    threshold,
    syncSize,
    settings: { level, memLevel },
    codec: options.codec ?? defaultCodec(),
    budget: options.budget ?? sharedBudget,
  }
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(
    `permessage-deflate: ${name} must be an integer from ${least} to ${most}, not ${String(value)}`,
  )
}
