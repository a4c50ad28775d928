import { testConfig } from '@hybi/config/vitest'

export default testConfig({
  coverage: {
    include: ['src/**'],
    exclude: ['src/index.ts'],
    // Whether the end of a connection meets work of a thread in one place or the next hangs on which is quicker.
    thresholds: { branches: 99, lines: 100, functions: 100, statements: 99 },
  },
})
