// The browser engines that are measured.
import { launchBrowser } from '../support/browser.js'
import { chromium } from '../support/engines/chromium.js'
import type { Engine } from '../support/engines/engine.js'
import { firefox } from '../support/engines/firefox.js'
import { webkit } from '../support/engines/webkit.js'

export const engines: Engine[] = [chromium(() => launchBrowser()), firefox, webkit]

/** By name. `none` of those that are not on this machine. */
export async function engineVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {}
  for (const { name, missing, launch } of engines) {
    const browser = missing === undefined ? await launch() : undefined
    versions[name.toLowerCase()] = browser?.version ?? 'none'
    await browser?.close()
  }
  return versions
}
