import type { defineConfig, TestUserConfig } from 'vitest/config'

export declare const testConfig: (overrides?: TestUserConfig) => ReturnType<typeof defineConfig>
