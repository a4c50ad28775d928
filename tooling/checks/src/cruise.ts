/** Reads the import graph of a workspace and judges it by the boundaries. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { boundaries, rules } from './boundaries.ts'

export interface UnwantedImport {
  readonly rule: string
  readonly from: string
  readonly to: string
}

/** The imports under `root` (a folder that holds `packages/` and `apps/`) that the rules forbid. */
export async function findUnwantedImports(
  root: string,
): Promise<{ files: number; unwanted: UnwantedImport[] }> {
  const folders = Object.keys(boundaries).filter((folder) => existsSync(join(root, folder, 'src')))
  const { output } = await cruise(
    folders.map((folder) => `${folder}/src`),
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: [...rules] },
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: true,
      combinedDependencies: true,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['@hybi/source', 'import', 'types'],
      },
    },
  )
  if (typeof output === 'string') throw new TypeError('dependency-cruiser: expected a result, not text')
  return {
    files: output.summary.totalCruised,
    unwanted: output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}
