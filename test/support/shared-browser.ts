// The Chromium that all test files of a run share, and how its pages get files.
import { type Browser, type CDPSession, chromium, type Locator, type Page } from 'playwright-core'
import { askShared } from './ask-shared.js'

/** Contexts that this connection opens are its own, and end with it. */
export async function connectBrowser(): Promise<Browser> {
  const { wsEndpoint } = await askShared('chromium')
  return await chromium.connect(wsEndpoint)
}

const sessions = new WeakMap<Page, Promise<CDPSession>>()

/** One for each page, as long as it is there: of several that emulate conditions, Chromium heeds one, and ends them with any. */
export function devtoolsOf(page: Page): Promise<CDPSession> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page)
  sessions.set(page, session)
  return session
}

/**
 * Picks files for an input, in place. `setInputFiles` of a browser that is only connected to uploads copies of them.
 *
 * @param input need not be visible
 */
export async function pickFiles(input: Locator, files: { path: string }[]): Promise<void> {
  const paths = files.map(({ path }) => path)
  const page = input.page()
  const devtools = await devtoolsOf(page)
  await input.evaluate((element) => Object.assign(window, { picking: element }))
  const { result } = await devtools.send('Runtime.evaluate', { expression: 'picking' })
  if (!result.objectId) throw new Error('The input is not in the top frame')
  await devtools.send('DOM.setFileInputFiles', { files: paths, objectId: result.objectId })
}
