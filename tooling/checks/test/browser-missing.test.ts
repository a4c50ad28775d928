import { test } from 'vitest'

// Stands in for the tests of the core packages where no Chromium is installed (vitest.browser.config.ts).
for (const name of ['utf8', 'frame', 'handshake', 'session']) {
  test.runIf(false)(`@hybi/${name} in a browser (needs Chromium)`, () => undefined)
}
