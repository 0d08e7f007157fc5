// A real Chromium for the browser tests: one that is on the machine, or else one that is installed now.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const run = promisify(execFile)

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** CHROMIUM_PATH, or a usual place, or Playwright's own download, in this order. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env
  const candidates = CHROMIUM_PATH ? [CHROMIUM_PATH] : [...usualPlaces, chromium.executablePath()]
  return candidates.find((path) => existsSync(path))
}

/** Installs Chromium where it is missing: Debian's package where we may, Playwright's download elsewhere. */
export async function ensureChromium(): Promise<void> {
  if (findChromium()) return
  if (process.env.CHROMIUM_PATH) throw new Error(`CHROMIUM_PATH: no file at ${process.env.CHROMIUM_PATH}`)
  console.log('No Chromium found: installing one')
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    await run('apt-get', ['update', '-qq'])
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
  } else {
    const cli = createRequire(import.meta.url).resolve('playwright-core/cli.js')
    await run(process.execPath, [cli, 'install', 'chromium'])
  }
  if (!findChromium()) throw new Error('Chromium could not be installed. Install it and set CHROMIUM_PATH.')
}
