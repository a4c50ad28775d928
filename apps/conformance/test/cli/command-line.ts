/** The program run in this process, its screen kept as text. */
import { execute } from '../../src/cli/program.ts'

export interface Finished {
  readonly code: number
  /** What went to the standard output. */
  readonly text: string
  /** What went to the standard error. */
  readonly complaint: string
}

export interface CommandLine {
  readonly done: Promise<Finished>
  /** What was written so far. */
  text(): string
  interrupt(): void
}

/** Starts one command line. */
export function startProgram(args: readonly string[], directory = process.cwd(), isTTY = false): CommandLine {
  const interruption = new AbortController()
  let text = ''
  let complaint = ''
  const done = execute(args, {
    screen: {
      write: (part) => {
        text += part
      },
      isTTY,
      columns: 80,
    },
    directory,
    signal: interruption.signal,
    complain: (part) => {
      complaint += part
    },
  }).then((code) => ({ code, text, complaint }))
  return { done, text: () => text, interrupt: () => interruption.abort() }
}

/** Runs one command line to its end. */
export const runProgram = (args: readonly string[], directory?: string, isTTY?: boolean): Promise<Finished> =>
  startProgram(args, directory, isTTY).done
