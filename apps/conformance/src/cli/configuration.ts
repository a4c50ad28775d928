/** `hybi-conformance.config.{json,ts,js,mjs}`: several targets, and options that the command line may overrule. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createJiti } from 'jiti'
import { toLine, UsageError } from './failure.ts'
import type { TargetOptions } from './options.ts'

const NAMES = ['json', 'ts', 'mjs', 'js'].map((ending) => `hybi-conformance.config.${ending}`)

const TARGET_FIELDS: Readonly<Record<keyof TargetOptions, (value: unknown) => boolean>> = {
  url: isString,
  agent: isString,
  start: isString,
  baseline: isString,
  cases: isStrings,
  exclude: isStrings,
  verifyTls: (value) => typeof value === 'boolean',
  headers: (value) =>
    Array.isArray(value) &&
    value.every((line) => isStrings(line) && Array.isArray(line) && line.length === 2),
}

/** The targets of a file; of the one in `directory` that has the usual name when none is given. Throws a UsageError. */
export async function readConfiguration(
  file: string | undefined,
  directory: string,
): Promise<readonly TargetOptions[]> {
  const path = file === undefined ? findFile(directory) : resolve(directory, file)
  return checkTargets(await load(path), path)
}

function findFile(directory: string): string {
  const found = NAMES.map((name) => resolve(directory, name)).find((path) => existsSync(path))
  if (found === undefined) {
    throw new UsageError(`give --url, or a configuration file: there is none of ${NAMES.join(', ')} here`)
  }
  return found
}

async function load(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(await readFile(path, 'utf8'))
    return await createJiti(import.meta.url).import(path, { default: true })
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${toLine(error)}`)
  }
}

function checkTargets(value: unknown, path: string): readonly TargetOptions[] {
  const targets = isObject(value) ? value.targets : undefined
  if (!Array.isArray(targets) || targets.length === 0) {
    throw new UsageError(`${path} must hold an object with a list of "targets"`)
  }
  return targets.map((target, index) => {
    if (!isTarget(target)) throw new UsageError(`${path}: targets[${index}] ${whatIsWrong(target)}`)
    return target
  })
}

const isTarget = (value: unknown): value is TargetOptions => whatIsWrong(value) === ''

/** What is wrong with a target; empty when nothing is. */
function whatIsWrong(value: unknown): string {
  if (!isObject(value)) return 'is not an object'
  if (value.url === undefined) return 'has no "url"'
  for (const [name, field] of Object.entries(value)) {
    const check = Object.entries(TARGET_FIELDS).find(([known]) => known === name)?.[1]
    if (check === undefined)
      return `has an unknown field "${name}"; known are ${Object.keys(TARGET_FIELDS).join(', ')}`
    if (!check(field)) return `has a "${name}" of the wrong kind`
  }
  return ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}
