// A built page with one of the stock clients, in a real browser, driven through Uppy's own API.
import type { Browser, Page } from 'playwright-core'
import type { SourceFile } from '../support/files.js'
import { pickFiles } from '../support/shared-browser.js'

/** What the tests use of Uppy, in both of its versions. */
interface UppyOnPage {
  addFile(file: { name: string; type: string; data: File }): string
  upload(): Promise<
    { successful?: { uploadURL?: string }[]; failed?: { error?: string | null }[] } | undefined
  >
  pauseAll(): void
  resumeAll(): void
  cancelAll(): void
  clear(): void
  getFiles(): {
    name?: string
    error?: string | null
    progress: { uploadComplete?: boolean }
    uploadURL?: string
  }[]
  retryAll(): Promise<unknown>
  once(event: string, listener: () => void): void
}

declare global {
  interface Window {
    uppy: UppyOnPage
  }
}

export interface UploadOutcome {
  urls: (string | undefined)[]
  failures: (string | null | undefined)[]
}

export class ClientPage {
  private constructor(
    readonly page: Page,
    /** Method and path of every request that the page sent. */
    readonly requests: string[],
  ) {}

  static async open(browser: Browser, url: string): Promise<ClientPage> {
    const page = await (await browser.newContext()).newPage()
    const requests: string[] = []
    page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
    await page.goto(url)
    await page.waitForFunction(() => 'uppy' in window)
    return new ClientPage(page, requests)
  }

  async add(file: SourceFile): Promise<void> {
    await pickFiles(this.page.locator('input'), [file])
    await this.page.evaluate(() => {
      const file = document.querySelector('input')?.files?.[0]
      if (!file) throw new Error('no file chosen')
      window.uppy.addFile({ name: file.name, type: file.type, data: file })
    })
  }

  /** Starts the upload, pausing once the first part is stored and resuming at once. */
  pauseAfterFirstPart(): Promise<void> {
    return this.page.evaluate(() => {
      window.uppy.once('s3-multipart:part-uploaded', () => {
        window.uppy.pauseAll()
        window.uppy.resumeAll()
      })
    })
  }

  cancelAfterFirstPart(): Promise<void> {
    return this.page.evaluate(() => {
      window.uppy.once('s3-multipart:part-uploaded', () => window.uppy.cancelAll())
    })
  }

  upload(): Promise<UploadOutcome> {
    return this.page.evaluate(async () => {
      const result = await window.uppy.upload()
      return {
        urls: (result?.successful ?? []).map(({ uploadURL }) => uploadURL),
        failures: (result?.failed ?? []).map(({ error }) => error),
      }
    })
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}
