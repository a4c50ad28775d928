/** Where a thread begins: Node 20 does not give it the loader of the main thread. */
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
