/**
 * Who may import whom: the table of ARCHITECTURE.md as data, and as rules for dependency-cruiser.
 *
 * The table speaks of what is published, that is of each folder's `src`; tests may reach up (a session in the
 * tests of its transform, a whole server in the tests of the conformance runner).
 */
import type { IForbiddenRuleType } from 'dependency-cruiser'

export interface Boundary {
  /** Workspace folders of which anything may be imported. */
  readonly imports: readonly string[]
  /** Workspace folders of which types alone may be imported. */
  readonly types: readonly string[]
  /** Modules of Node that may be imported; `all` for every one of them. */
  readonly builtins: readonly string[] | 'all'
  /** True where dependencies from outside the workspace are allowed. */
  readonly external: boolean
}

const CORE = { types: [], builtins: [], external: false } as const
const NODE = { types: [], builtins: 'all' } as const

export const boundaries: Readonly<Record<string, Boundary>> = {
  'packages/utf8': { ...CORE, imports: [] },
  'packages/frame': { ...CORE, imports: [] },
  'packages/handshake': { ...CORE, imports: [] },
  'packages/session': { ...CORE, imports: ['packages/frame', 'packages/utf8'] },
  'packages/permessage-deflate': {
    imports: [],
    types: ['packages/handshake', 'packages/session'],
    builtins: ['zlib'],
    external: false,
  },
  'packages/node': {
    ...NODE,
    imports: ['packages/frame', 'packages/handshake', 'packages/permessage-deflate', 'packages/session'],
    external: false,
  },
  'apps/echo-server': {
    ...NODE,
    imports: ['packages/node', 'packages/permessage-deflate'],
    external: true,
  },
  'apps/conformance': {
    ...NODE,
    imports: ['packages/frame', 'packages/handshake', 'packages/permessage-deflate', 'packages/utf8'],
    external: true,
  },
}

/** The one file of a core package that may name a module of Node, for its types; it asks for the module at run time. */
const NATIVE = 'src/native\\.ts$'

const published = (folder: string): string => `^${folder}/src/`

/** The rules of one folder: what is in its row is allowed, everything else is an error that names the row. */
function rulesFor(folder: string, boundary: Boundary): IForbiddenRuleType[] {
  const { imports, types, builtins, external } = boundary
  const own = { path: published(folder) }
  const allowed = [folder, ...imports]
  const rules: IForbiddenRuleType[] = [
    {
      name: `${folder} imports only ${imports.join(', ') || 'nothing'} of the workspace`,
      severity: 'error',
      from: own,
      to: {
        path: '^(packages|apps|tooling)/',
        // A command says its own version.
        pathNot: [...[...allowed, ...types].map(published), `^${folder}/package\\.json$`],
      },
    },
  ]
  if (types.length > 0) {
    rules.push({
      name: `${folder} imports only types of ${types.join(', ')}`,
      severity: 'error',
      from: own,
      to: { path: types.map(published), dependencyTypesNot: ['type-only'] },
    })
  }
  if (builtins !== 'all') {
    const named = builtins.length > 0 ? { pathNot: `^(node:)?(${builtins.join('|')})$` } : {}
    rules.push(
      {
        name: `${folder} names modules of Node only in src/native.ts`,
        severity: 'error',
        from: { ...own, pathNot: NATIVE },
        to: { dependencyTypes: ['core'], ...named },
      },
      {
        name: `${folder} imports no module of Node at run time`,
        severity: 'error',
        from: { path: `^${folder}/${NATIVE}` },
        to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'], ...named },
      },
    )
  }
  if (!external) {
    rules.push({
      name: `${folder} imports nothing from outside the workspace`,
      severity: 'error',
      from: own,
      to: {
        dependencyTypes: [
          'npm',
          'npm-dev',
          'npm-optional',
          'npm-peer',
          'npm-bundled',
          'npm-no-pkg',
          'npm-unknown',
        ],
        pathNot: '^(packages|apps|tooling)/',
      },
    })
  }
  return rules
}

export const rules: readonly IForbiddenRuleType[] = [
  ...Object.entries(boundaries).flatMap(([folder, boundary]) => rulesFor(folder, boundary)),
  {
    name: 'no file imports itself by way of others',
    severity: 'error',
    from: { path: '^(packages|apps)/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'every import resolves',
    severity: 'error',
    from: { path: '^(packages|apps)/' },
    to: { couldNotResolve: true },
  },
]
