/** From patterns to cases. */

import type { Case } from '../cases/case.ts'
import { allCases, selectCases, shardCases } from '../catalogue.ts'
import type { PeerRole } from '../record.ts'
import { UsageError } from './failure.ts'
import type { SelectionOptions } from './options.ts'

const matchesAny = (pattern: string): boolean =>
  selectCases([pattern], [], 'server').length + selectCases([pattern], [], 'client').length > 0

/** The cases of a role that are asked for. Throws a UsageError when a pattern means none, or none is left. */
export function chooseCases(
  { cases = [], exclude = [], shard }: Pick<SelectionOptions, 'cases' | 'exclude' | 'shard'>,
  role: PeerRole,
): readonly Case[] {
  for (const pattern of [...cases, ...exclude]) {
    if (!matchesAny(pattern)) throw new UsageError(`no case matches "${pattern}" (see hybi-conformance list)`)
  }
  const chosen = selectCases(cases, exclude, role)
  const own = shard === undefined ? chosen : shardCases(chosen, shard.index, shard.count)
  if (own.length === 0) throw new UsageError(`no case that tests a ${role} is left of that choice`)
  return own
}

/** The case of an id. Throws a UsageError when there is none. */
export function findCaseById(id: string): Case {
  const found = allCases.find((one) => one.id.toLowerCase() === id.toLowerCase())
  if (found === undefined) throw new UsageError(`there is no case ${id} (see hybi-conformance list)`)
  return found
}
