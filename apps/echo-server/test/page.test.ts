/** Chromium: its WebSocket, and the page for people, over http and https. */
import { findTool } from '@hybi/test-support/tools'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EchoProcess, messages, schemes } from './support.ts'

const path = findTool('chromium')
const options = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

describe.skipIf(path === null)('Chromium (needs chromium)', () => {
  let echo: EchoProcess
  let browser: Browser
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    echo = await EchoProcess.listening()
    browser = await chromium.launch({ executablePath: path ?? '', args: options })
    page = await browser.newPage({ ignoreHTTPSErrors: true })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
  })
  afterAll(async () => {
    await browser.close()
    await echo.stop()
  })
  beforeEach(() => {
    problems = []
  })
  afterEach(() => {
    expect(problems).toEqual([])
  })

  const text = (id: string): Promise<string | null> => page.locator(`#${id}`).textContent()
  const rows = (): Promise<string[][]> =>
    page
      .locator('#log tr')
      .evaluateAll((trs) =>
        trs.map((tr) => [...tr.querySelectorAll('td')].slice(1).map((td) => td.textContent ?? '')),
      )

  describe.each(schemes)('the page of %s', (scheme) => {
    const url = (): string => `${echo.url(scheme).replace('ws', 'http')}/`

    beforeEach(async () => {
      await page.goto(url())
      await page.locator('#state', { hasText: 'open' }).waitFor()
    })

    it('connects to where it came from', async () => {
      expect(await page.locator('#url').inputValue()).toBe(`${echo.url(scheme)}/`)
      expect(await text('extensions')).toContain('permessage-deflate')
      expect(await rows()).toEqual([['open', '', `${echo.url(scheme)}/`]])
    })

    it('sends text, and shows its echo and the round-trip time', async () => {
      await page.locator('#payload').fill('κόσμε')
      await page.locator('#send').click()
      await page.locator('#log tr.received').waitFor()
      expect((await rows()).slice(0, 2)).toEqual([
        ['← text', '10', 'κόσμε'],
        ['→ text', '10', 'κόσμε'],
      ])
      expect(await text('round-trip')).toMatch(/^\d+\.\d\d ms$/)
    })

    it('sends bytes, and shows them', async () => {
      await page.locator('#kind').selectOption('hex')
      await page.locator('#payload').fill('00 ff 7f')
      await page.locator('#send').click()
      await page.locator('#log tr.received').waitFor()
      expect((await rows()).slice(0, 2)).toEqual([
        ['← binary', '3', '00 ff 7f'],
        ['→ binary', '3', '00 ff 7f'],
      ])
      await page.locator('#kind').selectOption('random')
      await page.locator('#send').click()
      await expect.poll(async () => (await rows())[0]?.slice(0, 2)).toEqual(['← binary', '65536'])
    })

    it('does not send what is not bytes', async () => {
      await page.locator('#kind').selectOption('hex')
      await page.locator('#payload').fill('0')
      await page.locator('#send').click()
      expect((await rows())[0]).toEqual(['not sent', '', 'not whole bytes in hex'])
    })

    it('closes, shows the code, and connects again', async () => {
      await page.locator('#close').click()
      await page.locator('#state', { hasText: 'closed' }).waitFor()
      expect(await text('close-code')).toBe('1000, clean')
      expect(await page.locator('#send').isDisabled()).toBe(true)
      await page.locator('#connect').click()
      await page.locator('#state', { hasText: 'open' }).waitFor()
      expect(await text('close-code')).toBe('–')
    })

    it('shows what came from elsewhere as text, never as markup', async () => {
      await page.locator('#payload').fill('<img src=x onerror=document.title="run">')
      await page.locator('#send').click()
      await page.locator('#log tr.received').waitFor()
      expect(await page.locator('#log img').count()).toBe(0)
      expect(await page.title()).toBe('hybi echo server')
    })
  })

  describe.each(schemes)('its WebSocket over %s', (scheme) => {
    beforeEach(async () => {
      await page.goto(`${echo.url(scheme).replace('ws', 'http')}/`)
    })

    it('gets back every message', async () => {
      const sent = messages.map((message) =>
        typeof message === 'string' ? { text: message } : { base64: Buffer.from(message).toString('base64') },
      )
      const echoes = await page.evaluate(
        async ([to, given]) => {
          const socket = new WebSocket(to)
          socket.binaryType = 'arraybuffer'
          await new Promise((resolve) => socket.addEventListener('open', resolve))
          const received: { text?: string; base64?: string }[] = []
          const all = new Promise<void>((resolve) => {
            socket.addEventListener('message', ({ data }) => {
              if (typeof data === 'string') received.push({ text: data })
              else {
                const characters = Array.from(new Uint8Array(data), (octet) => String.fromCharCode(octet))
                received.push({ base64: btoa(characters.join('')) })
              }
              if (received.length === given.length) resolve()
            })
          })
          for (const { text, base64 } of given) {
            socket.send(text ?? Uint8Array.from(atob(base64 ?? ''), (character) => character.charCodeAt(0)))
          }
          await all
          socket.close()
          return received
        },
        [`${echo.url(scheme)}/`, sent] as const,
      )
      expect(JSON.stringify(echoes) === JSON.stringify(sent)).toBe(true)
    })

    // The API of browsers sends no others.
    it.each([1000, 3000, 3999, 4000, 4999, undefined])(
      'gets Close %s answered by the same, cleanly',
      async (code) => {
        const outcome = await page.evaluate(
          ([to, given]) =>
            new Promise((resolve) => {
              const socket = new WebSocket(to)
              socket.addEventListener('open', () => socket.close(given))
              socket.addEventListener('close', ({ code, wasClean }) => resolve({ code, wasClean }))
            }),
          [`${echo.url(scheme)}/`, code] as const,
        )
        expect(outcome).toEqual({ code: code ?? 1005, wasClean: true })
      },
    )
  })
})
