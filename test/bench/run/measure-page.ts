// What a page uses: processor time while something runs, and JavaScript's heap afterwards.
import type { Browser, Page } from 'playwright-core'
import type { Measures } from './measurement.js'

export interface PageMeasure {
  /** Since it was begun. */
  read(): Promise<Measures>
}

export async function measurePage(browser: Browser, page: Page): Promise<PageMeasure> {
  const before = await cpuSeconds(browser)
  return {
    async read() {
      const after = await cpuSeconds(browser)
      let pageCpuMs = 0
      for (const [id, seconds] of after) pageCpuMs += (seconds - (before.get(id) ?? 0)) * 1000
      return { pageCpuMs, pageHeapBytes: await heapBytes(page) }
    },
  }
}

/** Of all of the browser's processes, by their id: a page's bytes are read and sent by others than its own. */
async function cpuSeconds(browser: Browser): Promise<Map<number, number>> {
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  await devtools.detach()
  return new Map(processInfo.map(({ id, cpuTime }) => [id, cpuTime]))
}

/** JavaScript's, after a collection, with what it holds outside. */
export async function heapBytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize } = await devtools.send('Runtime.getHeapUsage')
  await devtools.detach()
  return usedSize + backingStorageSize
}
