import { testConfig } from '@hybi/config/vitest'

export default testConfig({
  coverage: {
    include: ['src/**'],
    // These make up the process: test/process.test.ts and test/workers.test.ts see them from outside.
    exclude: ['src/main.ts', 'src/workers.ts'],
    thresholds: { branches: 85, lines: 90 },
  },
})
