import { testConfig } from '@hybi/config/vitest'
import { playwright } from '@vitest/browser-playwright'
import { findTool } from '../test-support/src/tools.ts'

/** The core packages, whose tests pass unchanged where there is no Node. Tests that need Node are `*.node.test.ts`. */
const include = [
  'test/browser/*.test.ts',
  '../../packages/{utf8,frame,handshake,session}/test/**/!(*.node).test.ts',
]

const chromium = findTool('chromium')

export default testConfig(
  chromium === null
    ? { include: ['test/browser-missing.test.ts'] }
    : {
        include,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({
            launchOptions: {
              executablePath: chromium,
              args: [
                '--no-sandbox',
                '--disable-gpu',
                '--disable-quic',
                '--no-first-run',
                '--disable-background-networking',
                '--disable-component-update',
                '--disable-sync',
              ],
            },
          }),
          instances: [{ browser: 'chromium' }],
        },
      },
)
