/** What can be said on the command line and in a configuration file, read and checked. */
import { InvalidArgumentError } from 'commander'
import type { Profile } from '../runner.ts'

/** Which cases, how, and where the report goes: common to `run` and `serve`. */
export interface SelectionOptions {
  readonly cases?: readonly string[]
  readonly exclude?: readonly string[]
  readonly shard?: Shard
  readonly profile?: Profile
  readonly strict?: boolean
  /** A file of expected verdicts. */
  readonly baseline?: string
  readonly out: string
}

export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** One endpoint under test. */
export interface TargetOptions {
  readonly url: string
  readonly agent?: string
  readonly cases?: readonly string[]
  readonly exclude?: readonly string[]
  /** Command that launches the endpoint. */
  readonly start?: string
  readonly headers?: readonly Header[]
  readonly verifyTls?: boolean
  readonly baseline?: string
}

export type Header = readonly [name: string, value: string]

/** `1.*,12.1.1` */
export const parsePatterns = (text: string): readonly string[] => {
  const patterns = text.split(',').map((pattern) => pattern.trim())
  if (patterns.some((pattern) => !/^[\w.*-]+$/.test(pattern))) {
    throw new InvalidArgumentError('Give ids or patterns such as 1.*,12.1.1')
  }
  return patterns
}

/** `2/4` */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count) return shard
  throw new InvalidArgumentError('Give a part and the number of parts, such as 1/4')
}

/** `Name: value`, to be given again for each line. */
export function parseHeader(text: string, earlier: readonly Header[] = []): readonly Header[] {
  const [, name = '', value = ''] = /^([^:]*):[ \t]*(.*)$/s.exec(text) ?? []
  if (!isHeader([name, value])) throw new InvalidArgumentError('Give a line such as "Name: value"')
  return [...earlier, [name, value]]
}

/** Whether two texts can be name and value of a header line. */
export const isHeader = ([name, value]: Header): boolean =>
  /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)

/** A whole number between two bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}`)
  }

export const MAX_PORT = 65_535
