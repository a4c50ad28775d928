/** Builds the report's page when its sources are newer than what is in `dist`. */
import { readdir, stat } from 'node:fs/promises'
import { build } from 'tsup'
import { pageBuild } from '../page.build.ts'

const timeOf = async (path: URL): Promise<number> => (await stat(path).catch(() => null))?.mtimeMs ?? 0

export async function setup(): Promise<void> {
  const sources = new URL('../src/page/', import.meta.url)
  const names = await readdir(sources, { recursive: true })
  const times = await Promise.all(names.map((name) => timeOf(new URL(name, sources))))
  const built = await Promise.all(
    ['page.js', 'page.css'].map((name) => timeOf(new URL(`../dist/${name}`, import.meta.url))),
  )
  if (Math.min(...built) > Math.max(...times)) return
  const options = await (typeof pageBuild === 'function' ? pageBuild({}) : pageBuild)
  for (const one of Array.isArray(options) ? options : [options])
    await build({ ...one, config: false, silent: true })
}
