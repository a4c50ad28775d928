import { appBuild } from '@hybi/config/tsup'

/** What is measured runs as JavaScript, as it would anywhere: the loader of TypeScript takes a quarter of its heap (docs/decisions/bench-heap.md). */
export default appBuild({
  entry: { servers: 'src/servers/main.ts', clients: 'src/clients/main.ts' },
  splitting: true,
  sourcemap: false,
})
