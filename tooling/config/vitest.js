import { defineConfig } from 'vitest/config'

const conditions = ['@hybi/source', 'module', 'node', 'development|production']

/** Tests run from source: the workspace's packages resolve to their `src`. */
export const testConfig = (overrides = {}) =>
  defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: { include: ['test/**/*.test.ts'], ...overrides },
  })
