// Headless stock Firefox, driven with WebDriver BiDi.
import { type BrowserContext, launch, type Page } from 'puppeteer-core'
import { findProgram } from '../find-program.js'
import type { Engine, Profile, Tab } from './engine.js'

const executablePath = process.env.FIREFOX_PATH ?? findProgram('firefox-esr') ?? findProgram('firefox')

export const firefox: Engine = {
  name: 'Firefox',
  missing: executablePath ? undefined : 'no firefox-esr and no firefox on the PATH, and no FIREFOX_PATH',
  async launch() {
    if (!executablePath) throw new Error('No Firefox: the test should have been skipped')
    const browser = await launch({
      browser: 'firefox',
      protocol: 'webDriverBiDi',
      executablePath,
      headless: true,
    })
    return {
      version: (await browser.version()).replace(/^\D+/, ''),
      newProfile: async () => toProfile(await browser.createBrowserContext()),
      close: () => browser.close(),
    }
  },
}

function toProfile(context: BrowserContext): Profile {
  return {
    async openTab(address) {
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      const tab = toTab(page)
      await tab.goto(address)
      return tab
    },
    close: () => context.close(),
  }
}

function toTab(page: Page): Tab {
  return {
    evaluate: (run, ...args) =>
      page.evaluate(`(${run})(...${JSON.stringify(args)})`) as ReturnType<Tab['evaluate']> as never,
    async pick(input, path) {
      const element = await (await page.waitForSelector(input))?.toElement('input')
      await element?.uploadFile(path)
    },
    click: (selector) => page.locator(selector).click(),
    async goto(address) {
      await page.goto(address)
    },
    async reload() {
      await page.reload()
    },
    async back() {
      // Puppeteer awaits a load, which a page that was kept does not have.
      await page.evaluate('history.back()')
    },
    close: () => page.close({ runBeforeUnload: false }),
  }
}
