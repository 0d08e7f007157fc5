// Headless Chromium, driven by Playwright.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { pickFiles } from '../shared-browser.js'
import type { Engine, Profile, Tab } from './engine.js'

/** @param open starts one, or connects to one that runs */
export function chromium(open: () => Promise<Browser>): Engine {
  return {
    name: 'Chromium',
    missing: undefined,
    async launch() {
      const browser = await open()
      return {
        version: browser.version(),
        newProfile: async () => toProfile(await browser.newContext()),
        close: () => browser.close(),
      }
    },
  }
}

function toProfile(context: BrowserContext): Profile {
  return {
    async openTab(address) {
      const tab = toTab(await context.newPage())
      await tab.goto(address)
      return tab
    },
    close: () => context.close(),
  }
}

function toTab(page: Page): Tab {
  return {
    // Playwright's own types know no tuples.
    evaluate: (run, ...args) => page.evaluate(`(${run})(...${JSON.stringify(args)})`),
    pick: (input, path) => pickFiles(page.locator(input), [{ path }]),
    click: (selector) => page.locator(selector).click(),
    async goto(address) {
      await page.goto(address)
    },
    async reload() {
      await page.reload()
    },
    async back() {
      await page.goBack()
    },
    close: () => page.close({ runBeforeUnload: false }),
  }
}
