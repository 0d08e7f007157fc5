// An upload whose page is asked for its heap again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import type { PageTimes } from '../page/page-client.js'
import { heapBytes } from './measure-page.js'
import type { Measures } from './measurement.js'
import type { OpenUpload } from './run-upload.js'

const EVERY_MS = 500

/** @returns the heap at its highest, after collections */
export async function watchMemory({ page }: OpenUpload): Promise<{ times: PageTimes; more: Measures }> {
  let isOver = false
  let pageHeapBytes = 0
  const uploaded = page.evaluate(() => window.runUpload())
  const over = () => {
    isOver = true
  }
  uploaded.then(over, over)
  while (!isOver) {
    pageHeapBytes = Math.max(pageHeapBytes, await heapBytes(page))
    await sleep(EVERY_MS)
  }
  return { times: await uploaded, more: { pageHeapBytes } }
}
