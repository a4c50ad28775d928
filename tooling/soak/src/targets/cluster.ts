/** Servers that may crash: a cluster of two, in which a worker that dies is replaced. */
import cluster from 'node:cluster'
import { listen } from '@hybi/node'
import { echo } from '../echo.ts'

const WORKERS = 2

if (cluster.isPrimary) {
  // Port 0 is the same free port for all workers, those that come later, too.
  const fork = (): void => void cluster.fork()
  cluster.once('listening', (_worker, { port }) => {
    for (let more = 1; more < WORKERS; more++) fork()
    process.send?.({ port })
  })
  cluster.on('exit', fork)
  fork()
  // A worker crashes: killed without a word.
  process.on('message', () => {
    const [worker] = Object.values(cluster.workers ?? {})
    const { pid } = worker?.process ?? {}
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    process.send?.({ killed: pid ?? 0 })
  })
  process.on('disconnect', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
    process.exit(0)
  })
} else {
  await listen({ host: '127.0.0.1', port: 0, permessageDeflate: true }, echo)
  process.on('disconnect', () => process.exit(0))
}
