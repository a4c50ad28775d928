import { vi } from 'vitest'

/** Asks again until `check` passes, far longer than any machine should need; answers what it answered. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000 })
