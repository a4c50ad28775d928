/** Connections that are open and silent. */
import type { Socket } from 'node:net'
import type { EchoScenario, MemoryScenario } from '../scenarios.ts'
import { makeBatch } from './batch.ts'
import { dial } from './dial.ts'
import { EchoLearner } from './learn-echo.ts'
import type { Load, Target } from './load.ts'
import { destroyAll, inGroups } from './sockets.ts'

/** Opens connections and leaves them idle; with deflate each has echoed one compressed message. */
export async function startIdle(scenario: MemoryScenario, target: Target): Promise<Load> {
  const message: EchoScenario = {
    kind: 'echo',
    name: '',
    title: '',
    payload: 'json',
    size: 2048,
    connections: 1,
    window: 1,
    active: 0,
    fragments: 1,
    tls: false,
    deflate: scenario.deflate,
    strings: false,
  }
  const batch = makeBatch(message)
  const sockets: Socket[] = []
  await inGroups(scenario.connections, async () => {
    let echoed = (): void => undefined
    const echo = new Promise<void>((resolve) => {
      echoed = resolve
    })
    const learner = new EchoLearner(batch)
    const { socket } = await dial({ port: target.port, tls: false, deflate: scenario.deflate }, (chunk) => {
      if (learner.receive(chunk) !== null) echoed()
    })
    sockets.push(socket)
    if (!scenario.deflate) return
    socket.write(batch.output)
    await echo
  })
  return { stop: () => destroyAll(sockets) }
}
