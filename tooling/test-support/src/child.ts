/** A child process that answers one question at a time over its channel. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ANSWER_DEADLINE_MS = 60_000

export class Child {
  readonly #process: ChildProcess
  readonly #name: string
  /** Resolves when the last question has its answer, or will not get one. */
  #answered: Promise<unknown> = Promise.resolve()

  /** Starts a module with arguments, one of TypeScript by its loader, under the conditions that this process resolves packages by. */
  constructor(name: string, module: URL, args: readonly string[]) {
    this.#name = name
    const path = fileURLToPath(module)
    const loader = path.endsWith('.ts') ? ['--import', 'tsx'] : []
    this.#process = fork(path, args, {
      execArgv: ['--expose-gc', ...conditionsIn(process.execArgv), ...loader],
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /**
   * Sends a question when those before it are answered, so that no answer is taken for another's; `undefined` only waits for the
   * next word of the child.
   */
  ask<Answer extends object>(question?: object): Promise<Answer> {
    const answer = this.#answered.then(() => this.#askNow<Answer>(question))
    this.#answered = answer.catch(() => undefined)
    return answer
  }

  #askNow<Answer extends object>(question: object | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, answer?: Answer): void => {
        clearTimeout(deadline)
        this.#process.off('message', onMessage)
        this.#process.off('exit', onExit)
        if (answer === undefined) reject(error)
        else resolve(answer)
      }
      const onMessage = (message: Answer & { error?: string }): void => {
        if (message.error === undefined) settle(null, message)
        else settle(new Error(`${this.#name}: ${message.error}`))
      }
      const onExit = (code: number | null): void => settle(new Error(`${this.#name} ended with ${code}`))
      const deadline = setTimeout(
        () => settle(new Error(`${this.#name} did not answer within ${ANSWER_DEADLINE_MS} ms`)),
        ANSWER_DEADLINE_MS,
      )
      this.#process.on('message', onMessage)
      this.#process.once('exit', onExit)
      if (question !== undefined) this.#process.send(question)
    })
  }

  /** Ends the process and waits until it is gone. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) return resolve()
      this.#process.once('exit', () => resolve())
      this.#process.kill('SIGKILL')
    })
  }
}

/** The options of Node in a command line that say how packages are resolved. */
function conditionsIn(options: readonly string[]): string[] {
  return options.filter(
    (option, index) =>
      option.startsWith('--conditions=') ||
      option === '--conditions' ||
      option === '-C' ||
      ['--conditions', '-C'].includes(options[index - 1] ?? ''),
  )
}
