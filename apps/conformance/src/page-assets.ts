/** The page's script and style as the build left them in `dist`: of `dist/main.js` and of the sources alike. */
import { readFile } from 'node:fs/promises'

export interface PageAssets {
  readonly script: string
  readonly style: string
}

/** Reads what `tsup` made of `src/page`. */
export async function readPageAssets(): Promise<PageAssets> {
  const read = async (name: string) => {
    const text = await readFile(new URL(`../dist/${name}`, import.meta.url), 'utf8')
    return text.trim()
  }
  const [script, style] = await Promise.all([read('page.js'), read('page.css')])
  return { script: script.replaceAll('</script', '<\\/script'), style }
}
