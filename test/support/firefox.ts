// Headless stock Firefox, driven with WebDriver BiDi. It is never installed by a test: where it is missing, tests say so.
import { type Browser, launch } from 'puppeteer-core'
import { findProgram } from './find-program.js'

/** FIREFOX_PATH, or Debian's or anybody's Firefox on the PATH, or `undefined`. */
export function findFirefox(): string | undefined {
  return process.env.FIREFOX_PATH ?? findProgram('firefox-esr') ?? findProgram('firefox')
}

export async function launchFirefox(): Promise<Browser> {
  const executablePath = findFirefox()
  if (!executablePath) throw new Error('No Firefox: the test should have been skipped')
  return await launch({ browser: 'firefox', protocol: 'webDriverBiDi', executablePath, headless: true })
}
