// A page with the Dashboard in Firefox, used the way a person uses it.
import type { Browser, HTTPRequest, Page } from 'puppeteer-core'
import type { SourceFile } from '../support/files.js'

export class FirefoxPage {
  private constructor(
    private readonly page: Page,
    /** What the console reported as an error, and what was thrown. */
    readonly errors: string[],
  ) {}

  /** As somebody new. */
  static async open(browser: Browser, address: string): Promise<FirefoxPage> {
    const context = await browser.createBrowserContext()
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const errors: string[] = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(String(error)))
    await page.goto(address)
    const opened = new FirefoxPage(page, errors)
    await opened.#shown('.uppy-Dashboard-AddFiles')
    return opened
  }

  /** Adds the file and starts its upload. */
  async upload({ path }: SourceFile): Promise<void> {
    const input = await this.page.waitForSelector('input.uppy-Dashboard-input:not([webkitdirectory])')
    const picker = await input?.toElement('input')
    await picker?.uploadFile(path)
    await this.#click('.uppy-StatusBar-actionBtn--upload')
  }

  pause = () => this.#click('button[aria-label="Pause"]')
  resume = () => this.#click('button[aria-label="Resume"]')
  cancel = () => this.#click('button[aria-label="Cancel"]')
  untilPaused = () => this.#shown('button[aria-label="Resume"]')
  untilComplete = () => this.#shown('.uppy-StatusBar.is-complete')

  /** Until the Dashboard tells the user this. */
  async untilTold(text: string): Promise<void> {
    await this.page.waitForSelector(`.uppy-Informer ::-p-text(${text})`)
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.#shown('.uppy-Dashboard-AddFiles')
  }

  /** Until S3 has taken `count` more parts. */
  async untilPartsStored(count: number): Promise<void> {
    let stored = 0
    await this.page.waitForResponse(
      (response) => isPart(response.request()) && response.ok() && ++stored === count,
    )
  }

  /** Until the server has answered a call. @returns its status */
  async untilAnswered(route: string): Promise<number> {
    const response = await this.page.waitForResponse((reply) => reply.url().endsWith(route))
    return response.status()
  }

  close = () => this.page.browserContext().close()

  async #click(selector: string): Promise<void> {
    await this.page.locator(selector).click()
  }

  async #shown(selector: string): Promise<void> {
    await this.page.waitForSelector(selector, { visible: true })
  }
}

function isPart(request: HTTPRequest): boolean {
  return request.method() === 'PUT'
}
