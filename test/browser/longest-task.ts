// The longest task of a page's main thread, by the time that it had a processor: a busy machine makes none longer.
import type { Page } from 'playwright-core'

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Microseconds that the thread had a processor. */
  tdur?: number
}

/** Tells the page's main thread from those of other pages, some of which are the browser's own. */
const MARK = 'main thread'
/** Of tasks, and of marks. */
const categories = ['disabled-by-default-devtools.timeline', 'blink.user_timing']

/** @returns milliseconds of processor time of the longest task while `run` went on */
export async function longestTask(page: Page, run: () => Promise<void>): Promise<number> {
  const browser = page.context().browser()
  if (!browser) throw new Error('The page has no browser')
  await browser.startTracing(page, { categories })
  await page.evaluate((mark) => performance.mark(mark), MARK)
  await run()
  const trace = await browser.stopTracing()
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const mark = traceEvents.find(({ name }) => name === MARK)
  const isOfPage = ({ name, pid, tid }: TraceEvent) =>
    name === 'RunTask' && pid === mark?.pid && tid === mark.tid
  const durations = traceEvents.filter(isOfPage).flatMap(({ tdur }) => tdur ?? [])
  if (durations.length === 0) throw new Error('The trace has no task of the page')
  return Math.max(...durations) / 1000
}
