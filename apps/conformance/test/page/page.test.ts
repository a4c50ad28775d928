import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findTool } from '@hybi/test-support/tools'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PageWriter } from '../../src/report/html.ts'
import { addRecord, type Report } from '../../src/report/model.ts'
import { makeFrame, makeHeader, makeOwnRecord, makeRecord } from '../report/fixtures.ts'

const EVIL = '<img src=x onerror="window.caught=1"></script><script>window.caught=2</script>'
const path = findTool('chromium')
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function makeReport(): Report {
  const report: Report = new Map()
  for (const agent of ['echo 1.0', 'ws', EVIL]) {
    const run = {
      header: makeHeader({ agent }),
      end: {
        ending: agent === 'ws' ? ('died' as const) : ('completed' as const),
        reason: 'It went away.',
        ended: '',
      },
      results: new Map(),
    }
    const add = (overrides: Parameters<typeof makeRecord>[0]) =>
      addRecord(run, makeRecord({ agent, ...overrides }), 1)
    for (let index = 1; index <= 40; index++) add({ id: `1.1.${index}`, title: `message ${index}` })
    add({ id: '2.1', category: 'Pings', title: 'ping without payload' })
    if (agent === 'ws') {
      add({
        id: '6.4.1',
        category: 'UTF-8',
        title: 'fail fast',
        behavior: 'NON-STRICT',
        expected: {
          OK: [['timeout', 'A']],
          'NON-STRICT': [
            ['timeout', 'A'],
            ['timeout', 'B'],
          ],
        },
        received: [
          ['timeout', 'A'],
          ['timeout', 'B'],
        ],
      })
      add({
        id: '9.3.1',
        category: 'Limits',
        behavior: 'FAILED',
        behaviorClose: 'WRONG CODE',
        received: [['message', 'Jello', false]],
      })
    } else {
      add({ id: '6.4.1', category: 'UTF-8', title: 'fail fast' })
    }
    if (agent === EVIL) {
      add({
        id: '1.1.1',
        title: 'message 1',
        result: EVIL,
        httpResponse: `HTTP/1.1 101 ${EVIL}\r\nX: \u001b[31m`,
        remoteCloseReason: EVIL,
        received: [['message', EVIL, false]],
        log: [
          makeFrame({ payload: EVIL, close: { code: 1000, reason: EVIL } }),
          { kind: 'note', at: 1, text: EVIL },
        ],
        rxOctetStats: { [EVIL]: 1 },
        rxFrameStats: { [EVIL]: 1 },
      })
    }
    addRecord(
      run,
      makeOwnRecord({
        agent,
        behavior: 'FAILED',
        requirements: [
          { holds: true, requirement: 'The answer is 400.', observed: '' },
          { holds: false, requirement: 'Nothing follows.', observed: `It said ${EVIL}` },
        ],
      }),
      1,
    )
    report.set(agent, run)
  }
  return report
}

describe.skipIf(path === null)('the page in Chromium (needs chromium)', () => {
  let browser: Browser
  let directory: string
  let url: string
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hybi-page-'))
    await writeFile(join(directory, 'index.html'), await new PageWriter().format(makeReport()))
    url = pathToFileURL(join(directory, 'index.html')).href
    browser = await chromium.launch({ executablePath: path ?? '', args: ARGUMENTS })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await rm(directory, { recursive: true, force: true })
  })
  afterEach(async () => {
    await page?.close()
    expect(errors.splice(0)).toEqual([])
    expect(
      requests.splice(0).filter((request) => !request.startsWith('file:') && !request.startsWith('data:')),
    ).toEqual([])
  })

  async function open(fragment = '', width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => errors.push(message.text()))
    await page.goto(`${url}${fragment}`)
    return page
  }
  const rows = () => page.locator('tr.case:visible').count()
  const shownIds = () => page.locator('tr.case:visible .case-id').allTextContents()
  const focused = () =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.id')

  it('shows every case and every agent', async () => {
    await open()
    expect(await page.locator('article.agent h2').allTextContents()).toEqual(['echo 1.0', 'ws', EVIL])
    expect(await rows()).toBe(44)
    expect(await page.locator('.count').textContent()).toBe('44 cases')
    expect(await page.locator('.agent-ending').textContent()).toBe('It went away. 44 of 3 cases finished.')
    expect(await page.locator('article.agent').first().locator('rect').count()).toBe(44)
  })

  it('filters by text, id, category, verdict and difference, and shows all again', async () => {
    await open()
    await page.getByLabel('Search cases').fill('without PING')
    expect(await shownIds()).toEqual(['2.1'])
    await page.getByLabel('Search cases').fill('1.1.4')
    expect(await shownIds()).toEqual(['1.1.4'])
    await page.getByLabel('Search cases').fill('1.1.4*')
    expect(await shownIds()).toEqual(['1.1.4', '1.1.40'])
    await page.getByRole('button', { name: 'show all' }).click()
    await page.getByLabel('Category').selectOption('6')
    expect(await shownIds()).toEqual(['6.4.1'])
    await page.getByRole('button', { name: 'show all' }).click()
    await page.locator('.toolbar').getByRole('button', { name: 'non-strict' }).click()
    expect(await shownIds()).toEqual(['6.4.1'])
    await page.locator('.toolbar').getByRole('button', { name: 'wrong code' }).click()
    expect(await shownIds()).toEqual(['6.4.1', '9.3.1'])
    expect(await page.locator('.count').textContent()).toBe('2 of 44 cases')
    await page.getByRole('button', { name: 'show all' }).click()
    await page.getByRole('button', { name: 'agents differ' }).click()
    expect(await shownIds()).toEqual(['6.4.1', '9.3.1'])
  })

  it('filters by a verdict that is chosen on a card', async () => {
    await open()
    await page.locator('article.agent').nth(1).getByRole('button', { name: 'non-strict' }).click()
    expect(await shownIds()).toEqual(['6.4.1'])
  })

  it('opens a case by click, and its address says which', async () => {
    await open()
    await page.getByRole('gridcell', { name: '9.3.1, ws: FAILED, closing WRONG CODE, failing' }).click()
    await page.locator('#details-title').waitFor()
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe('#ws/9.3.1')
    const titles = await page.locator('.details h3').allTextContents()
    expect(titles).toEqual([
      'Description',
      'Expectation',
      'Outcome',
      'Sequence',
      'Wire log',
      'Closing behaviour',
      'Opening handshake',
      'Wire statistics',
    ])
    expect(await page.locator('.event-list').last().textContent()).toContain('Observed: as none of them')
    expect(await page.locator('.differs').count()).toBe(1)
    expect(await page.locator('.facts').textContent()).toContain('1000 normal closure')
    expect(await page.locator('figure.http').nth(1).textContent()).toContain('101 Switching Protocols')
    expect(await page.locator('.statistics').textContent()).toContain('Frames received by opcode')
  })

  it('opens what its address names, and nothing for a name that is none', async () => {
    await open('#ws/6.4.1')
    await page.locator('#details-title').waitFor()
    expect(await page.locator('#details-title').textContent()).toContain('6.4.1')
    expect(await page.locator('.event-list').last().textContent()).toContain('for NON-STRICT')
    await open('#nobody/%E0%A4%A')
    expect(await page.locator('#details').isVisible()).toBe(false)
  })

  it('draws the sequence and takes frames apart into their fields', async () => {
    await open('#ws/1.1.3')
    await page.locator('.sequence svg').waitFor()
    expect(await page.locator('.sequence .arrow').count()).toBe(8)
    expect(await page.locator('.sequence').textContent()).toContain('Close · 1000 normal closure')
    await page.locator('.log-entry.frame summary').first().click()
    const fields = await page.locator('.log-entry[open] .field').allTextContents()
    expect(fields).toEqual([
      'FIN1last fragment',
      'RSV000none set',
      'opcode00010x1 Text',
      'MASK1masked',
      'length00001015 octets',
      'masking key37 fa 21 3d32 bits, fresh for each frame',
      'payload48 65 6c 6c 6fHello',
    ])
    expect(await page.locator('.log-at').nth(1).textContent()).toBe('1.250 ms')
  })

  it('shows the requirements of an own case, its reason and its rule', async () => {
    await open('#ws/H.1.1')
    await page.locator('.requirements').waitFor()
    expect(await page.locator('.requirements .broken').textContent()).toContain(
      `Nothing follows. Seen: It said ${EVIL}`,
    )
    expect(await page.locator('.rule').textContent()).toBe('RFC 6455 4.2.1')
    expect(await page.locator('.details-verdicts .severity').textContent()).toBe('MUST')
  })

  it('goes by keyboard: into the grid, over it, into a case, on to the next and back', async () => {
    await open()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('1.1.1, echo 1.0: OK')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('1.1.2, ws: OK')
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    await page.keyboard.press('PageDown')
    expect(await focused()).toBe('1.1.17, echo 1.0: OK')
    await page.keyboard.press('Control+End')
    expect(await focused()).toContain('H.1.1')
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Enter')
    await page.locator('#details-title').waitFor()
    expect(await focused()).toBe('details-title')
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: '1.1.2' }).waitFor()
    await page.keyboard.press('k')
    await page.getByRole('heading', { name: '1.1.1 message 1' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.locator('#details').isVisible()).toBe(false)
    expect(await focused()).toBe('1.1.1, echo 1.0: OK')
    await page.keyboard.press('/')
    expect(await focused()).toBe('Search cases')
  })

  it('has one cell of the grid in the tab order, also when a filter hides it', async () => {
    await open()
    expect(await page.locator('.matrix [tabindex="0"]').count()).toBe(1)
    await page.getByLabel('Search cases').fill('2.1')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('2.1, echo 1.0: OK')
  })

  it('leads to the same case of another agent, and back by the browser’s history', async () => {
    await open('#ws/6.4.1')
    await page.locator('.others a').first().click()
    await page.getByText('echo 1.0', { exact: true }).locator('visible=true').last().waitFor()
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe('#echo 1.0/6.4.1')
    await page.goBack()
    await page.waitForFunction('document.title.startsWith("6.4.1 ws")')
  })

  it('runs nothing that a peer sent, wherever it stands', async () => {
    await open(`#${encodeURIComponent(EVIL)}/1.1.1`)
    await page.locator('.sequence svg').waitFor()
    for (const summary of await page.locator('.log-entry summary').all()) await summary.click()
    expect(await page.locator('.outcome').textContent()).toContain(EVIL)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.evaluate('window.caught')).toBeUndefined()
    expect(await page.locator('figure.http').nth(1).textContent()).toContain('␛[31m')
  })

  it.each(['light', 'dark'] as const)(
    'follows a system that is %s, until another theme is chosen',
    async (scheme) => {
      await open('', 1280, scheme)
      const background = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
      const [light, dark] = ['rgb(250, 249, 246)', 'rgb(18, 20, 26)']
      expect(await background()).toBe(scheme === 'light' ? light : dark)
      await page.getByRole('button', { name: /^Theme/ }).click()
      expect(await background()).toBe(light)
      await page.getByRole('button', { name: /^Theme/ }).click()
      expect(await background()).toBe(dark)
    },
  )

  it.each([360, 768, 1280])('fits into %d pixels, also with a case open', async (width) => {
    await open('', width)
    const overflow = () =>
      page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(await overflow()).toBe(0)
    await page.locator('.cell').nth(4).click()
    await page.locator('.sequence svg').waitFor()
    expect(await overflow()).toBe(0)
    expect(await page.evaluate('details.scrollWidth - details.clientWidth')).toBe(0)
  })
})
