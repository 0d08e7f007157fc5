// A page with the Dashboard in some engine, used the way a person uses it.
import { vi } from 'vitest'
import type { Profile, Tab } from '../../support/engines/engine.js'
import type { SourceFile } from '../../support/files.js'

const INPUT = 'input.uppy-Dashboard-input:not([webkitdirectory])'
const ADD_FILES = '.uppy-Dashboard-AddFiles'
const COMPLETE = '.uppy-StatusBar.is-complete'
const ERROR = '.uppy-StatusBar.is-error'

export class UploaderPage {
  private constructor(readonly tab: Tab) {}

  static async open(profile: Profile, address: string): Promise<UploaderPage> {
    const page = new UploaderPage(await profile.openTab(address))
    await page.#untilShown(ADD_FILES)
    return page
  }

  async add({ path }: SourceFile): Promise<void> {
    await this.tab.pick(INPUT, path)
    await this.#untilShown('.uppy-StatusBar-actionBtn--upload')
  }

  /** Adds the file and starts its upload. */
  async upload(file: SourceFile): Promise<void> {
    await this.add(file)
    await this.tab.click('.uppy-StatusBar-actionBtn--upload')
  }

  async reload(): Promise<void> {
    await this.tab.reload()
    await this.#untilShown(ADD_FILES)
  }

  async pause(): Promise<void> {
    await this.tab.click('button[aria-label="Pause"]')
    await this.#untilShown('button[aria-label="Resume"]')
  }

  resume = () => this.tab.click('button[aria-label="Resume"]')
  cancel = () => this.tab.click('button[aria-label="Cancel"]')
  untilCancelled = () => this.#untilShown(ADD_FILES)
  untilComplete = () => this.#untilShown(COMPLETE)

  /** Until the upload has succeeded or failed. */
  async untilEnded(): Promise<'complete' | 'error'> {
    await this.#untilShown(`${COMPLETE}, ${ERROR}`)
    return (await this.#isShown(ERROR)) ? 'error' : 'complete'
  }

  /** Once the page is there: whether a file is in the Dashboard. */
  async hasFile(): Promise<boolean> {
    await this.#untilShown(`${ADD_FILES}, .uppy-Dashboard-Item`)
    return await this.#isShown('.uppy-Dashboard-Item')
  }

  /** Until the Dashboard tells the user this. */
  untilTold = (text: string) => this.#untilShown('.uppy-Informer', text)

  #isShown(selector: string, text = ''): Promise<boolean> {
    const look = (selector: string, text: string) =>
      [...document.querySelectorAll(selector)].some(
        (element) => element.getClientRects().length > 0 && element.textContent?.includes(text),
      )
    return this.tab.evaluate(look, selector, text)
  }

  /** Not all drivers can wait in one tab while they act in another, so this asks again and again. */
  async #untilShown(selector: string, text?: string): Promise<void> {
    const isShown = () => this.#isShown(selector, text)
    await vi.waitUntil(isShown, { timeout: 60_000, interval: 50 })
  }
}
