import { testConfig } from '@hybi/config/vitest'

export default testConfig({
  globalSetup: ['test/build-page.ts'],
  coverage: {
    include: ['src/**/*.ts'],
    // The page runs in a browser, where test/page looks at it; main.ts is run by test/cli as its own process.
    exclude: ['src/page/**', 'src/main.ts'],
    thresholds: { branches: 85, lines: 90 },
  },
})
