/** The data that the page carries: the matrix as JSON, the details of cases as gzip in base64, opened when they are asked for. */
import type { PageData, PageDetails, PagePiece } from '../report/page-data.ts'

/** Reads the matrix. */
export const readData = (): PageData =>
  JSON.parse(document.getElementById('data')?.textContent ?? '{}') as PageData

const pieces = new Map<string, Promise<PagePiece>>()

/** The details of one case of one agent; null when it was not run. */
export async function readDetails(agent: number, category: number, id: string): Promise<PageDetails | null> {
  const key = `details-${agent}-${category}`
  const opened = pieces.get(key) ?? openPiece(key)
  pieces.set(key, opened)
  const piece = await opened
  return Object.hasOwn(piece, id) ? (piece[id] ?? null) : null
}

async function openPiece(key: string): Promise<PagePiece> {
  const text = document.getElementById(key)?.textContent
  if (!text) return {}
  const octets = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(stream).json()) as PagePiece
}
