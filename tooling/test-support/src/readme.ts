/** The example of a README, to be run by a test of its package. */

import { readFileSync } from 'node:fs'

/** The first TypeScript block of a README, and what its comments say that it prints: `console.log(1 + 1) // 2`. */
export function readExample(readme: URL): { code: string; printed: string[] } {
  const code = /^```ts\n(.*?)^```$/ms.exec(readFileSync(readme, 'utf8'))?.[1]
  if (code === undefined) throw new Error(`${readme.pathname} has no TypeScript example`)
  return {
    code,
    printed: [...code.matchAll(/^\s*console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text = '']) => text),
  }
}
