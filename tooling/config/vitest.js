import { defineConfig } from 'vitest/config'

// Without `module`: Node takes over these conditions, also for the `require` of dependencies.
const conditions = ['@hybi/source', 'node', 'development|production']

/** Under turbo, where `npm test` counts the cases: the name of the script is the name of the report. */
const reporters = process.env.TURBO_HASH
  ? ['default', ['json', { outputFile: `coverage/${process.env.npm_lifecycle_event}.json` }]]
  : ['default']

/** Tests run from source: the workspace's packages resolve to their `src`. */
export const testConfig = (overrides = {}) =>
  defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      include: ['test/**/*.test.ts'],
      reporters,
      // No test waits that long; a machine that is busy with everything else at once may.
      testTimeout: 30_000,
      hookTimeout: 30_000,
      ...overrides,
    },
  })
