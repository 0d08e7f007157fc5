// `npm run picture`: the README's picture of Break it, out of the real demo, in light and in dark.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDemo } from '@partway/demo'
import { DemoPage } from '../../browser/demo-page.js'
import { BreakItPage } from '../../demo/site/break-it-page.js'
import { launchBrowser } from '../../support/browser.js'
import { createFileFolder, type SourceFile } from '../../support/files.js'
import { joinFrames } from './join-frames.js'
import { type Scheme, takeFrames } from './take-frames.js'

const repository = join(import.meta.dirname, '../../..')
const MOST_BYTES = 150_000
const PARTS = 24
const PART_BYTES = 8 * 1024 ** 2

const dataFolder = await mkdtemp(join(tmpdir(), 'partway-picture-'))
const siteFolder = join(repository, 'demo/dist/site')
const demo = await startDemo({ port: 0, uploadsPerDay: 20, dataFolder, siteFolder, s3: undefined })
const files = await createFileFolder()
const browser = await launchBrowser()
try {
  const file = await files.create('film.mp4', PARTS * PART_BYTES)
  await takePicture('light', file)
  await takePicture('dark', file)
} finally {
  await browser.close()
  await files.remove()
  await demo.close()
  await rm(dataFolder, { recursive: true, force: true })
}

async function takePicture(scheme: Scheme, file: SourceFile): Promise<void> {
  const page = await DemoPage.open(browser, demo.address)
  const frames = await takeFrames(page, new BreakItPage(page), scheme, file)
  const png = await joinFrames(page.page, frames)
  await page.close()
  if (png.length > MOST_BYTES) throw new Error(`${scheme}: ${png.length} bytes are more than ${MOST_BYTES}`)
  const folder = join(repository, 'docs/images')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `break-it-${scheme}.png`), png)
  console.log(`docs/images/break-it-${scheme}.png: ${png.length} bytes`)
}
