// What a page uses: processor time while something runs, and JavaScript's heap afterwards.
import type { BrowserContext, Page } from 'playwright-core'
import type { Measures } from './measurement.js'

export interface PageMeasure {
  /** Since it was begun. */
  read(): Promise<Measures>
}

export async function measurePage(page: Page): Promise<PageMeasure> {
  const before = await cpuSeconds(page.context())
  return {
    async read() {
      const after = await cpuSeconds(page.context())
      let pageCpuMs = 0
      for (const [id, seconds] of after) pageCpuMs += (seconds - (before.get(id) ?? 0)) * 1000
      return { pageCpuMs, pageHeapBytes: await heapBytes(page) }
    },
  }
}

/** Of all of the browser's processes, by their id: a page's bytes are read and sent by others than its own. */
async function cpuSeconds(context: BrowserContext): Promise<Map<number, number>> {
  const devtools = await context.browser()?.newBrowserCDPSession()
  if (!devtools) throw new Error('The browser does not say what it uses')
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
