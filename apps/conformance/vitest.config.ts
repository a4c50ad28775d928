import { testConfig } from '@hybi/config/vitest'

export default testConfig({ coverage: { include: ['src/**'], thresholds: { branches: 85, lines: 90 } } })
