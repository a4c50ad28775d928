/** Peers that are too large for an ordinary dependency: installed into a cache folder when they are asked for. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const peersFolder = fileURLToPath(new URL('../node_modules/.cache/peers/', import.meta.url))

const UWS = 'uwebsockets@3.0.6'

/** Makes µWebSockets.js available. False where it cannot be had or its binary does not load on this machine. */
export function prepareUws(): boolean {
  if (!existsSync(join(peersFolder, 'node_modules', 'uwebsockets'))) {
    mkdirSync(peersFolder, { recursive: true })
    writeFileSync(join(peersFolder, 'package.json'), '{ "private": true }\n')
    spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', UWS], { cwd: peersFolder })
  }
  const probe = spawnSync(process.execPath, ['-e', "require('uwebsockets')"], { cwd: peersFolder })
  return probe.status === 0
}
