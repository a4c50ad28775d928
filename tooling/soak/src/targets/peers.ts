/** Many peers in one process: each lives again and again on one of the given paths to the server, until told to rest. */
import { ending, fault, type Life, live, type PathTo, totals } from '../life.ts'
import { Random } from '../random.ts'

const { paths, connections, seed }: { paths: readonly PathTo[]; connections: number; seed: number } =
  JSON.parse(process.argv[2] ?? '{}')

/** Longer than any wait of a life, shorter than the patience of who asks. */
const LONGEST_END_MS = 50_000

let resting = true
const lives = new Set<Life>()
const loops: Promise<void>[] = []

async function liveOn(index: number): Promise<void> {
  const random = new Random(seed + index)
  const path = paths[index % paths.length]
  while (!resting) {
    const life = live(path, random)
    lives.add(life)
    await life.over
    lives.delete(life)
  }
}

function wake(): void {
  resting = false
  for (let index = 0; index < connections; index++) loops.push(liveOn(index))
}

async function rest(): Promise<void> {
  resting = true
  for (const life of lives) life.finish()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_END_MS)
  })
  await Promise.race([Promise.all(loops.splice(0)), late])
  clearTimeout(timer)
  for (const life of lives) fault(`did not end: ${life.describe()}`)
}

process.send?.({ ready: true })
process.on('message', ({ wish }: { wish: 'wake' | 'rest' }) => {
  if (wish === 'wake') {
    wake()
    process.send?.({ awake: true })
  } else void rest().then(() => process.send?.({ ...totals, ending: Object.fromEntries(ending) }))
})
process.on('disconnect', () => process.exit(0))
