/** Takes a client through all cases of a fuzzing server, as Autobahn's drivers do. */

/** What a client library has to bring: one connection that echoes until it ends, and one that is only read. */
export interface ClientUnderTest {
  /** Connects, echoes every message as what it is, settles when the connection has ended, however it did. */
  echo(url: string): Promise<void>
  /** Connects, reads one text, settles with it when the connection has ended. */
  read(url: string): Promise<string>
}

export async function driveClient(client: ClientUnderTest, base: string, agent: string): Promise<void> {
  const count = Number(await client.read(`${base}/getCaseCount`))
  if (!Number.isInteger(count) || count < 1) throw new Error(`${base} offers no cases`)
  const name = encodeURIComponent(agent)
  for (let number = 1; number <= count; number++)
    await client.echo(`${base}/runCase?case=${number}&agent=${name}`)
  await client.read(`${base}/updateReports?agent=${name}`)
}
