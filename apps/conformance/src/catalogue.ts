/** The whole suite in order, and ways to select from it. */
import type { Case, CaseDraft } from './cases/case.ts'
import { closingCases } from './cases/closing.ts'
import { parameterCompression, payloadCompression } from './cases/compression.ts'
import { fragmentation } from './cases/fragmentation.ts'
import { framing } from './cases/framing.ts'
import { limits } from './cases/limits.ts'
import { misc } from './cases/misc.ts'
import { opcodes } from './cases/opcodes.ts'
import { ownDrafts } from './cases/own/all.ts'
import { pings } from './cases/pings.ts'
import { reservedBits } from './cases/reserved-bits.ts'
import { utf8 } from './cases/utf8.ts'
import type { PeerRole } from './record.ts'

/** Titles of Autobahn's categories, in suite order. */
const CATEGORIES: readonly { readonly title: string; readonly drafts: readonly CaseDraft[] }[] = [
  { title: 'Framing', drafts: framing },
  { title: 'Pings and pongs', drafts: pings },
  { title: 'Reserved bits', drafts: reservedBits },
  { title: 'Opcodes', drafts: opcodes },
  { title: 'Fragmentation', drafts: fragmentation },
  { title: 'UTF-8', drafts: utf8 },
  { title: 'Closing', drafts: closingCases },
  { title: 'Limits and performance', drafts: limits },
  { title: 'Automatic fragmentation', drafts: misc },
  { title: 'Compression: payloads', drafts: payloadCompression },
  { title: 'Compression: parameters', drafts: parameterCompression },
]

const BOTH: readonly PeerRole[] = ['server', 'client']

/** Autobahn's 517 cases. */
export const autobahnCases: readonly Case[] = CATEGORIES.flatMap(({ title, drafts }) =>
  drafts.map((draft) => ({ draft, title })),
).map(({ draft, title }, index) => ({
  ...draft,
  number: index + 1,
  category: title,
  severity: 'MUST',
  roles: BOTH,
  autobahn: true,
  reason: '',
  rule: '',
  heavy: draft.heavy ?? false,
}))

/** What Autobahn never had. */
export const ownCases: readonly Case[] = ownDrafts.map((draft, index) => ({
  ...draft,
  number: autobahnCases.length + index + 1,
  autobahn: false,
  heavy: draft.heavy ?? false,
}))

/** The suite in order: Autobahn's cases, then the own ones. */
export const allCases: readonly Case[] = [...autobahnCases, ...ownCases]

/** A pattern in Autobahn's form: an id in which `*` stands for anything. */
function toExpression(pattern: string): RegExp {
  const escaped = pattern.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`, 'i')
}

/** Cases of a role that match one of `patterns` (none: all) and none of `exclude`, in suite order. */
export function selectCases(
  patterns: readonly string[],
  exclude: readonly string[],
  role: PeerRole,
  cases: readonly Case[] = allCases,
): readonly Case[] {
  const wanted = patterns.map(toExpression)
  const unwanted = exclude.map(toExpression)
  return cases.filter(
    ({ id, roles }) =>
      roles.includes(role) &&
      (wanted.length === 0 || wanted.some((pattern) => pattern.test(id))) &&
      !unwanted.some((pattern) => pattern.test(id)),
  )
}

/** Every `count`-th case, beginning with the `index`-th: shards of like weight. Both count from 1. */
export function shardCases<T>(cases: readonly T[], index: number, count: number): readonly T[] {
  return cases.filter((_, position) => position % count === index - 1)
}
