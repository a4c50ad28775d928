/** The page on which a person can try the server, as an HTTP answer. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HttpAnswer } from '@hybi/node'

export type Page = HttpAnswer

const html = readFileSync(new URL('../assets/page.html', import.meta.url), 'utf8')

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The text of the page's one element of this name. */
function contentOf(name: 'script' | 'style'): string {
  const start = html.indexOf(`<${name}>`) + name.length + 2
  return html.slice(start, html.indexOf(`</${name}>`))
}

/** Nothing but the page's own script and style run on it, and it talks to sockets alone. */
const policy = [
  "default-src 'none'",
  `script-src ${sha256(contentOf('script'))}`,
  `style-src ${sha256(contentOf('style'))}`,
  'img-src data:',
  'connect-src ws: wss:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

const escapeAttribute = (text: string): string =>
  text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`)

/** The page, which proposes to connect to this path. */
export const renderPage = (path: string): Page => ({
  status: 200,
  headers,
  body: html.replace('data-path="/"', () => `data-path="${escapeAttribute(path)}"`),
})
