/** Takes a client through all cases of a fuzzing server, as Autobahn's drivers do, but many at a time. */
import { availableParallelism } from 'node:os'

/** What a client library has to bring: one connection that echoes until it ends, and one that is only read. */
export interface ClientUnderTest {
  /** Connects, echoes every message as what it is, settles when the connection has ended, however it did. */
  echo(url: string): Promise<void>
  /** Connects, reads one text, settles with it when the connection has ended. */
  read(url: string): Promise<string>
}

/** Cases without load wait most of the time. */
const LIGHT_AT_A_TIME = 24
/** The runner needs a core too. */
const HEAVY_AT_A_TIME = Math.max(2, Math.min(4, availableParallelism()))

/** Light cases first, among themselves: their verdicts may hang on short timers. */
export async function driveClient(client: ClientUnderTest, base: string, agent: string): Promise<void> {
  const count = Number(await client.read(`${base}/getCaseCount`))
  if (!Number.isInteger(count) || count < 1) throw new Error(`${base} offers no cases`)
  const name = encodeURIComponent(agent)
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const heavy = new Set<number>()
  await forEachLimited(numbers, LIGHT_AT_A_TIME, async (number) => {
    const info: { heavy: boolean } = JSON.parse(await client.read(`${base}/getCaseInfo?case=${number}`))
    if (info.heavy) heavy.add(number)
  })
  const run = (number: number) => client.echo(`${base}/runCase?case=${number}&agent=${name}`)
  await forEachLimited(
    numbers.filter((number) => !heavy.has(number)),
    LIGHT_AT_A_TIME,
    run,
  )
  await forEachLimited(
    numbers.filter((number) => heavy.has(number)),
    HEAVY_AT_A_TIME,
    run,
  )
  await client.read(`${base}/updateReports?agent=${name}`)
}

/** Runs `work` on each item in their order, at most `atATime` at once. */
async function forEachLimited<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atATime }, worker))
}
