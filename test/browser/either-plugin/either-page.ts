// A page that has the plugin or the stock one. What is tested on it is tested of both, by the same assertions.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { DemoPage } from '../demo-page.js'
import { type HostedPage, hostPage } from '../host-page.js'
import type { Harness } from './page/main.js'

declare global {
  interface Window {
    harness: Harness
  }
}

const MiB = 1024 ** 2

export const PLUGINS = ['@partway/uppy', '@uppy/aws-s3']
/** Bytes of a file that both send in parts. */
export const LARGE = 20 * MiB

export class EitherPage {
  host!: HostedPage
  /** The page of the test under way. */
  demo!: DemoPage

  get evaluate(): Page['evaluate'] {
    return this.demo.page.evaluate.bind(this.demo.page)
  }

  async open(setup: { plugin: string; uppyOptions?: object; pluginOptions?: object }): Promise<void> {
    const query = encodeURIComponent(JSON.stringify(setup))
    this.demo = await DemoPage.open(this.host.browser, `${this.host.origin}/?setup=${query}`)
  }

  /** In the middle of an upload of `large.txt`. */
  async openUnderWay(plugin: string): Promise<void> {
    await this.open({ plugin })
    await this.demo.limitUploadSpeed(5 * MiB)
    await this.evaluate(async (size) => {
      const { uppy, add, untilUnderWay } = window.harness
      const underWay = untilUnderWay()
      add('large.txt', size)
      void uppy.upload()
      await underWay
    }, LARGE)
  }

  /** Uppy's events so far, without progress. */
  events(): Promise<string[]> {
    return this.evaluate(() => window.harness.events)
  }

  async untilComplete(): Promise<void> {
    await this.demo.limitUploadSpeed(-1)
    await this.demo.page.waitForFunction(() => window.harness.events.some((event) => /^complete/.test(event)))
  }

  /** From now on the server lets nobody begin an upload. @returns ends it */
  async refuse(): Promise<() => Promise<void>> {
    const routes = '**/uploads/{create,s3/**}'
    await this.demo.page.route(routes, (route) =>
      route.fulfill({ status: 403, json: { error: 'No.', code: 'refused', status: 403 } }),
    )
    return () => this.demo.page.unroute(routes)
  }
}

/** One server for the tests of the file. */
export function useEitherPage(): EitherPage {
  const page = new EitherPage()
  beforeAll(async () => {
    page.host = await hostPage('either-plugin/page')
  })
  afterAll(() => page.host?.close())
  afterEach(() => page.demo.close())
  return page
}
