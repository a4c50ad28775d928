import { testConfig } from '@hybi/config/vitest'

export default testConfig({
  include: [],
  projects: [
    { extends: true, test: { name: 'workspace', include: ['test/workspace/**/*.test.ts'] } },
    {
      extends: true,
      test: {
        name: 'published',
        include: ['test/published/**/*.test.ts'],
        testTimeout: 120_000,
        hookTimeout: 120_000,
      },
    },
  ],
})
