// Headless Chromium, started with nothing that talks to other hosts. Most tests need none of their own (shared-browser.ts).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core'
import { findChromium } from './find-chromium.js'

/** @param more of its switches */
export async function launchBrowser(more: string[] = []): Promise<Browser> {
  const { args = [], ...options } = launchOptions()
  return chromium.launch({ ...options, args: [...args, ...more] })
}

/**
 * A browser that finds again what an earlier one with the same profile kept.
 *
 * @param more of its switches
 */
export async function launchProfile(folder: string, more: string[] = []): Promise<BrowserContext> {
  const { args = [], ...options } = launchOptions()
  return chromium.launchPersistentContext(folder, { ...options, args: [...args, ...more] })
}

export interface ProfiledBrowser {
  context: BrowserContext
  /** And removes the profile. */
  close(): Promise<void>
}

/**
 * A browser as a user has one, with a profile that is new: incognito contexts do less ahead.
 *
 * @param more of its switches
 */
export async function launchNewProfile(more: string[] = []): Promise<ProfiledBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-profile-'))
  const context = await launchProfile(folder, more)
  return {
    context,
    async close() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** SIGKILL to the browser's own process, which leaves it no time to write anything. Resolves when it is gone. */
export async function killBrowser(context: BrowserContext): Promise<void> {
  const [id] = await processIds(context.browser(), 'browser')
  if (id === undefined) throw new Error('The browser does not say which process it is')
  const gone = new Promise((resolve) => context.once('close', resolve))
  process.kill(id, 'SIGKILL')
  await gone
}

/** Chromium's processes of a kind, by id: one `browser`, a `renderer` for each site. */
export async function processIds(browser: Browser | null, kind: 'browser' | 'renderer'): Promise<number[]> {
  const devtools = await browser?.newBrowserCDPSession()
  const { processInfo = [] } = (await devtools?.send('SystemInfo.getProcessInfo')) ?? {}
  await devtools?.detach()
  return processInfo.flatMap(({ type, id }) => (type === kind ? id : []))
}

/** Chromium heeds the last list alone, so Playwright's own are here again. */
const DISABLED_FEATURES = [
  // Two pages of the browser's own for each window, which take more time than most of ours.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
]

export function launchOptions(): LaunchOptions {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('No Chromium: the test run should have installed it')
  return {
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${DISABLED_FEATURES.join()}`,
    ],
  }
}
