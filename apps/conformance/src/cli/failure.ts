/** What the program can end with, and the one kind of error whose message is the user's. */
import { toOneLine } from '../report/text.ts'

/** Nothing failed. */
export const EXIT_OK = 0
/** At least one failing verdict. */
export const EXIT_FAILING = 1
/** Could not run, or was not complete. */
export const EXIT_INCOMPLETE = 2

/** Something the user has to put right: the message is one line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Any error as one line for the user. */
export const toLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return toOneLine(message.split('\n')[0] ?? '')
}
