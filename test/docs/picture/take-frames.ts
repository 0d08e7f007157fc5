// An upload that loses what it depends on and goes on, seen at three moments in Break it's picture of the parts.
import { setTimeout } from 'node:timers/promises'
import type { DemoPage } from '../../browser/demo-page.js'
import type { BreakItPage } from '../../demo/site/break-it-page.js'
import type { SourceFile } from '../../support/files.js'

export type Scheme = 'light' | 'dark'

/** One moment of the upload. */
export interface Frame {
  caption: string
  png: Buffer
}

/** So that three of them side by side are as wide as the README. */
const WIDTH = 480
/** Of the throughput chart, so that the gap is seen. */
const GAP_MS = 8000

/** @param page an open demo, in which nobody has uploaded anything */
export async function takeFrames(
  page: DemoPage,
  broken: BreakItPage,
  scheme: Scheme,
  file: SourceFile,
): Promise<Frame[]> {
  await page.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  await page.page.setViewportSize({ width: WIDTH, height: 900 })
  const picture = page.page.locator('#break-it .picture')
  const take = async (caption: string): Promise<Frame> => ({
    caption,
    png: await picture.screenshot({ animations: 'disabled' }),
  })

  await broken.choose('Bandwidth', '8388608')
  await page.upload([file])
  await broken.untilDone(7)
  const uploading = await take('An upload, in parts')

  await broken.turn('S3 is down', true)
  await broken.turn('Server is down', true)
  await broken.untilCell('again')
  await setTimeout(GAP_MS)
  const cut = await take('S3 and the server are gone')

  await broken.mend()
  await broken.choose('Bandwidth', '8388608')
  await broken.untilDone(16)
  const goesOn = await take('Back: it goes on where it was')
  await broken.mend()
  await page.untilComplete()
  return [uploading, cut, goesOn]
}
