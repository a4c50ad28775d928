/** When, where and how a run was made. */
import { createRequire } from 'node:module'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { peersFolder } from './peers.ts'

export interface Circumstances {
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly versions: Readonly<Record<string, string>>
  readonly command: string
  /** How often, and for how long each time. */
  readonly measured: string
  /** Load average of the machine before the run. */
  readonly loadBefore: number
}

const GIB = 1024 ** 3

/** `entrants` are the names of those that are measured. */
export const circumstancesOf = (measured: string, entrants: ReadonlySet<string>): Circumstances => ({
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${(totalmem() / GIB).toFixed(0)} GiB, ${type()} ${release().split('-')[0]}`,
  node: process.versions.node,
  versions: versions(entrants),
  command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.replace(/ -- $/, ''),
  measured,
  loadBefore: loadavg()[0] ?? 0,
})

function versions(entrants: ReadonlySet<string>): Record<string, string> {
  const version = (from: string, name: string): [string, string][] => {
    try {
      return [[name, createRequire(from)(`${name}/package.json`).version]]
    } catch {
      return []
    }
  }
  return Object.fromEntries([
    ...['ws', 'bufferutil', 'websocket', 'faye-websocket'].flatMap((name) => version(import.meta.url, name)),
    ...(entrants.has('uws') ? version(join(peersFolder, 'package.json'), 'uwebsockets') : []),
  ])
}
