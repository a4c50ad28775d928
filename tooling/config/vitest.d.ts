import type { TestUserConfig } from 'vitest/config'
import type { defineConfig } from 'vitest/config'

export declare const testConfig: (overrides?: TestUserConfig) => ReturnType<typeof defineConfig>
