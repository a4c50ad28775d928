import { testConfig } from '@hybi/config/vitest'

export default testConfig({
  coverage: {
    include: ['src/**'],
    exclude: ['src/index.ts'],
    thresholds: { branches: 100, lines: 100, functions: 100, statements: 100 },
  },
})
