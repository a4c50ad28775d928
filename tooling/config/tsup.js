import { defineConfig } from 'tsup'

/** False where only the code is wanted at once: bundling types takes most of a build's time (`npm start`). */
const types = process.env.HYBI_BUILD_TYPES !== 'false'

/** The build of one published package: ESM and CommonJS, each with its own types. */
export const packageBuild = (overrides = {}) =>
  defineConfig({
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    dts: types && { compilerOptions: { ignoreDeprecations: '6.0' } },
    removeNodeProtocol: false,
    splitting: false,
    sourcemap: true,
    clean: types,
    ...overrides,
  })

/** The build of a command line app: one ESM entry that Node runs. */
export const appBuild = (overrides = {}) =>
  packageBuild({ entry: ['src/main.ts'], format: ['esm'], platform: 'node', dts: false, ...overrides })
