import { testConfig } from '@hybi/config/vitest'

export default testConfig({
  coverage: {
    include: ['src/**'],
    exclude: ['src/index.ts'],
    thresholds: { branches: 85, lines: 90, functions: 90, statements: 90 },
  },
})
