/** `hybi-conformance.config.{json,ts,js,mjs}`: several targets, and options that the command line may overrule. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createJiti } from 'jiti'
import { toLine, UsageError } from './failure.ts'
import { isHeader, type TargetOptions } from './options.ts'
import type { RunOptions } from './run.ts'

const NAMES = ['json', 'ts', 'mjs', 'js'].map((ending) => `hybi-conformance.config.${ending}`)

/** What a file may say for all targets. */
export type SharedOptions = Partial<
  Pick<
    RunOptions,
    'out' | 'cases' | 'exclude' | 'profile' | 'strict' | 'baseline' | 'concurrency' | 'repeat' | 'bail'
  >
>

/** What a configuration file says. */
export interface Configuration extends SharedOptions {
  readonly targets: readonly TargetOptions[]
}

type Fields<T> = Readonly<Record<keyof T, (value: unknown) => boolean>>

const TARGET_FIELDS: Fields<TargetOptions> = {
  url: isString,
  agent: isString,
  start: isString,
  baseline: isString,
  cases: isStrings,
  exclude: isStrings,
  verifyTls: isBoolean,
  headers: (value) =>
    Array.isArray(value) &&
    value.every((line) => isStrings(line) && line.length === 2 && isHeader([line[0], line[1]])),
}

const FIELDS: Fields<Configuration> = {
  targets: (value) => Array.isArray(value) && value.length > 0,
  out: isString,
  cases: isStrings,
  exclude: isStrings,
  profile: (value) => value === 'quick' || value === 'full',
  strict: isBoolean,
  baseline: isString,
  concurrency: isCount,
  repeat: isCount,
  bail: isBoolean,
}

/** What a file says; the one in `directory` that has the usual name when none is given. Throws a UsageError. */
export async function readConfiguration(file: string | undefined, directory: string): Promise<Configuration> {
  const path = file === undefined ? findFile(directory) : resolve(directory, file)
  const value = await load(path)
  if (!isConfiguration(value)) throw new UsageError(`${path} ${whatIsWrongWith(value)}`)
  return value
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

const isConfiguration = (value: unknown): value is Configuration => whatIsWrongWith(value) === ''

/** What is wrong with a configuration; empty when nothing is. */
function whatIsWrongWith(value: unknown): string {
  if (!isObject(value) || !Array.isArray(value.targets) || value.targets.length === 0) {
    return 'must hold an object with a list of "targets"'
  }
  const own = checkFields(value, FIELDS)
  if (own !== '') return own
  const wrong = value.targets.map((target) => {
    if (!isObject(target)) return 'is not an object'
    return target.url === undefined ? 'has no "url"' : checkFields(target, TARGET_FIELDS)
  })
  const first = wrong.findIndex((words) => words !== '')
  return first === -1 ? '' : `is wrong: targets[${first}] ${wrong[first]}`
}

function checkFields(value: object, fields: Fields<object>): string {
  const known = new Map<string, (value: unknown) => boolean>(Object.entries(fields))
  for (const [name, field] of Object.entries(value)) {
    const check = known.get(name)
    if (check === undefined)
      return `has an unknown field "${name}"; known are ${[...known.keys()].join(', ')}`
    if (!check(field)) return `has a "${name}" of the wrong kind`
  }
  return ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0
}

function isString(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}
