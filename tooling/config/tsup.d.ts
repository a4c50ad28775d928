import type { defineConfig, Options } from 'tsup'

export declare const packageBuild: (overrides?: Options) => ReturnType<typeof defineConfig>
export declare const appBuild: (overrides?: Options) => ReturnType<typeof defineConfig>
