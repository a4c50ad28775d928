import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs of the system that some tests talk to, and the names under which they may be installed. */
const names = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  curl: ['curl'],
  haproxy: ['haproxy'],
  nginx: ['nginx'],
  openssl: ['openssl'],
} as const

export type SystemTool = keyof typeof names

/** The PATH, and where Debian keeps servers, which the PATH of an ordinary user leaves out. */
const searchedFolders = (): string[] => [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
]

/**
 * The path of a program of the system, or null when it is not installed; tests that need it are then skipped by
 * name: `describe.skipIf(findTool('nginx') === null)('behind nginx (needs nginx)', …)`.
 *
 * Where `CI=true` every tool has to be there: a missing one throws.
 */
export function findTool(tool: SystemTool, folders: readonly string[] = searchedFolders()): string | null {
  for (const folder of folders) {
    for (const name of names[tool]) {
      const path = join(folder, name)
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  if (process.env.CI === 'true')
    throw new Error(`${tool} is not installed, and with CI=true no test may be skipped`)
  return null
}
