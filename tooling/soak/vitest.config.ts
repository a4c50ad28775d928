import { testConfig } from '@hybi/config/vitest'

export default testConfig()
