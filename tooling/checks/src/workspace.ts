/** The workspace as it lies on disk: where it is and what is published from it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, without a slash at the end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly type?: string
  readonly license?: string
  readonly description?: string
  readonly repository?: { readonly directory?: string }
  readonly engines?: Readonly<Record<string, string>>
  readonly sideEffects?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: unknown
  readonly scripts?: Readonly<Record<string, string>>
  readonly packageManager?: string
  readonly publishConfig?: { readonly provenance?: boolean; readonly access?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface WorkspacePackage {
  /** Relative to the root, with forward slashes: `packages/utf8`. */
  readonly folder: string
  readonly manifest: Manifest
}

/** The package.json in `folder`, which is relative to the root unless it is absolute. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** Every package of `packages/`, `apps/` and `tooling/`, in that order and by name. */
export const workspacePackages: readonly WorkspacePackage[] = ['packages', 'apps', 'tooling'].flatMap(
  (group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${group}/${entry.name}`)
      .sort()
      .flatMap((folder) => {
        try {
          return [{ folder, manifest: readManifest(join(root, folder)) }]
        } catch (error) {
          // A folder without a manifest is no package: tooling/scripts runs before anything is installed.
          if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
          throw error
        }
      }),
)

/** Those of them that are published. */
export const publishedPackages = workspacePackages.filter(({ manifest }) => manifest.private !== true)
