// The demo's page, used the way a person uses it: the Dashboard's own buttons and texts.
import type { Browser, BrowserContext, CDPSession, Locator, Page, Request } from 'playwright-core'
import type { SourceFile } from '../support/files.js'
import { devtoolsOf, pickFiles } from '../support/shared-browser.js'

declare global {
  interface Window {
    /** What Uppy's Informer has shown. */
    told: string[]
  }
}

/** As good as the test's own, and says what was waited for. */
const PATIENCE_MS = 110_000

/** Of a test's file. */
const MOST_PARTS = 20

export interface StoredEntry {
  name: string
  url: string
}

export class DemoPage {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    /** What the browser's console reported as an error, and what was thrown. */
    readonly errors: string[],
    /** URLs that the browser asked about with a CORS preflight. */
    readonly preflights: string[],
    private readonly devtools: CDPSession,
  ) {}

  /** As somebody new. */
  static async open(browser: Browser, address: string, ready?: string): Promise<DemoPage> {
    return await DemoPage.openIn(await browser.newContext(), address, ready)
  }

  /** In another tab. @param ready There once files can be added. */
  static async openIn(
    context: BrowserContext,
    address: string,
    ready = '.uppy-Dashboard-AddFiles',
  ): Promise<DemoPage> {
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    await page.addInitScript(keepTold)
    const errors: string[] = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(String(error)))
    const preflights: string[] = []
    // Playwright's own request events leave preflights out.
    const devtools = await devtoolsOf(page)
    devtools.on('Network.requestWillBeSent', ({ request }) => {
      if (request.method === 'OPTIONS') preflights.push(request.url)
    })
    await devtools.send('Network.enable')
    await page.goto(address)
    await page.locator(ready).waitFor()
    return new DemoPage(page, context, errors, preflights, devtools)
  }

  /** Lets the page send at most so many bytes a second; -1 ends that. */
  async limitUploadSpeed(uploadThroughput: number): Promise<void> {
    const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput }
    await this.devtools.send('Network.emulateNetworkConditions', conditions)
  }

  /**
   * Whether the browser has a network, as it sees it itself. Without one it refuses new requests; those under way go on,
   * so whoever wants to see them break off has to break them. Ends {@link limitUploadSpeed}.
   */
  async setOffline(offline: boolean): Promise<void> {
    // Not Playwright's own: of two sessions that emulate conditions, Chromium heeds one.
    const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
    await this.devtools.send('Network.emulateNetworkConditions', conditions)
  }

  /** Until S3 has taken `count` more parts, of the file if one is named. Call it before they can be sent. */
  async untilPartsStored(count: number, name = ''): Promise<void> {
    let finished = 0
    // In keys.
    const isOfFile = (request: Request) => request.url().includes(name.replaceAll(' ', '-'))
    await this.page.waitForEvent(
      'requestfinished',
      (request) => isPart(request) && isOfFile(request) && ++finished === count,
    )
  }

  /** The numbers of the parts that the page sends from now on; grows as they are sent. */
  watchSentParts(): number[] {
    const sent: number[] = []
    this.page.on('request', (request) => {
      if (isPart(request)) sent.push(partNumberOf(request))
    })
    return sent
  }

  /** The numbers of the parts that S3 has taken, and told the page so, from now on. */
  watchStoredParts(): number[] {
    const stored: number[] = []
    this.page.on('requestfinished', async (request) => {
      if (isPart(request) && (await request.response())?.ok()) stored.push(partNumberOf(request))
    })
    return stored
  }

  /** How many parts are on their way, as far as the browser knows. Call it before they can be sent. */
  watchPartsUnderWay(): () => number {
    const underWay = new Set<Request>()
    this.page.on('request', (request) => isPart(request) && underWay.add(request))
    this.page.on('requestfinished', (request) => underWay.delete(request))
    this.page.on('requestfailed', (request) => underWay.delete(request))
    return () => underWay.size
  }

  /** Until the Dashboard has shown this text to the user since the page was loaded. */
  async untilTold(text: string | RegExp): Promise<void> {
    await this.page.waitForFunction(
      (text) =>
        window.told.some((shown) => (typeof text === 'string' ? shown.includes(text) : text.test(shown))),
      text,
    )
  }

  /** As from the Dashboard's own dialog. */
  async pick(files: SourceFile[]): Promise<void> {
    const input = this.page.locator('input.uppy-Dashboard-input:not([webkitdirectory])').first()
    await pickFiles(input, files)
  }

  async add(files: SourceFile[]): Promise<void> {
    await this.pick(files)
    await this.page.locator('.uppy-StatusBar-actionBtn--upload').waitFor()
  }

  /** Uploads the file until S3 has the first `count` of its parts. The others wait for {@link letGo}. */
  async uploadUntilStored(file: SourceFile, count: number): Promise<void> {
    await this.add([file])
    await this.holdFrom(count, () => this.startUpload(), file.name)
  }

  /** Waits until S3 has the first `count` parts of what `start` uploads. The others wait for {@link letGo}. */
  async holdFrom(count: number, start: () => Promise<unknown>, name?: string): Promise<void> {
    await this.holdAfter(count)
    const stored = this.untilPartsStored(count, name)
    await start()
    await stored
  }

  /**
   * Holds the parts of each upload after the first `count`, before they leave the browser, until {@link letGo}. What is held is
   * their preflight: DevTools copies the body of what it holds.
   */
  async holdAfter(count: number): Promise<void> {
    const held = Array.from({ length: MOST_PARTS - count }, (_, index) => count + 1 + index)
    const patterns = held.map((partNumber) => ({ urlPattern: `*partNumber=${partNumber}&*` }))
    await this.devtools.send('Fetch.enable', { patterns })
  }

  /** Ends {@link holdAfter}. */
  async letGo(): Promise<void> {
    await this.devtools.send('Fetch.disable')
  }

  /** Waits until S3 has `count` parts of what `start` uploads, slowly until {@link limitUploadSpeed}: there is time to act in mid-upload. */
  async slowlyUntil(count: number, start: () => Promise<unknown>): Promise<void> {
    await this.limitUploadSpeed(10 * 1024 ** 2)
    const stored = this.untilPartsStored(count)
    await start()
    await stored
  }

  async startUpload(): Promise<void> {
    await this.page.locator('.uppy-StatusBar-actionBtn--upload').click()
  }

  async upload(files: SourceFile[]): Promise<void> {
    await this.add(files)
    await this.startUpload()
  }

  pause = () => this.statusBarButton('Pause').click()
  resume = () => this.statusBarButton('Resume').click()
  cancel = () => this.statusBarButton('Cancel').click()
  retry = () => this.statusBarButton('Retry').click()

  private statusBarButton(name: string): Locator {
    return this.page.locator('.uppy-StatusBar').getByRole('button', { name })
  }

  /** Until the Dashboard says that every file is uploaded. */
  async untilComplete(): Promise<void> {
    await this.page.locator('.uppy-StatusBar.is-complete').waitFor({ timeout: 120_000 })
  }

  /** Until the Dashboard says that the upload has failed. */
  async untilFailed(): Promise<void> {
    await this.page.locator('.uppy-StatusBar.is-error').waitFor()
  }

  /** What the status bar says when asked what went wrong. */
  async errorDetails(): Promise<string> {
    const dialog = this.page.waitForEvent('dialog')
    const clicked = this.statusBarButton('Show error details').click()
    const shown = await dialog
    await shown.accept()
    await clicked
    return shown.message()
  }

  /** What the page lists of what S3 has. The demo calls it Library. */
  async stored(): Promise<StoredEntry[]> {
    return this.page.locator('#stored li').evaluateAll((items) =>
      items.map((item) => ({
        name: item.querySelector('strong')?.textContent ?? '',
        url: item.querySelector('code')?.textContent ?? '',
      })),
    )
  }

  close = () => this.context.close()
}

/** In the page: what it tells is there for seconds, in which a busy machine may not look. */
function keepTold(): void {
  window.told = []
  const keep = () => {
    const shown = document.querySelector('.uppy-Informer')?.textContent
    if (shown) window.told.push(shown)
  }
  new MutationObserver(keep).observe(document, { childList: true, characterData: true, subtree: true })
}

function isPart(request: Request): boolean {
  return request.method() === 'PUT'
}

function partNumberOf(request: Request): number {
  return Number(new URL(request.url()).searchParams.get('partNumber'))
}
