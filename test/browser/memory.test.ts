// The page's memory does not grow with the file. LARGE_FILE_MIB=4096 takes a file of 4 GiB for the large one, for which the
// temporary folder needs 8 GiB; it is empty on the disk, but the store keeps all of its bytes.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { statfs, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { pipeline } from 'node:stream/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type DemoProcess, startDemoProcess } from '../demo/demo-process.js'
import { launchBrowser, processIds } from '../support/browser.js'
import { createFileFolder, type FileFolder, type SourceFile } from '../support/files.js'
import { freePort } from '../support/free-port.js'
import { knowsResidentMemory, residentMiB } from '../support/resident-memory.js'
import { DemoPage } from './demo-page.js'
import { expectStored } from './expect-stored.js'

const MiB = 1024 ** 2
const SMALL = 64 * MiB
const LARGE = Number(process.env.LARGE_FILE_MIB ?? 512) * MiB
/** Between the two files. A leak of one byte in twenty would show. */
const MOST_GROWTH_MIB = 16

let port: number
let server: DemoProcess
let browser: Browser
let files: FileFolder

beforeAll(async () => {
  const { bavail, bsize } = await statfs(tmpdir())
  if (bavail * bsize < 2 * LARGE) throw new Error(`${tmpdir()} needs ${(2 * LARGE) / MiB} MiB of free space`)
  port = await freePort()
  server = await startDemoProcess({ PORT: String(port) })
  await server.untilPrinted('Ctrl-C')
  browser = await launchBrowser()
  files = await createFileFolder()
})
afterAll(async () => {
  await browser?.close()
  await server?.end()
  await files?.remove()
})

/** The highest values of an upload, in MiB, asked for whenever a part was stored. */
interface Peaks {
  /** JavaScript's heap after a garbage collection, with what it holds outside of it (buffers). */
  heap: number
  /** The same, with garbage. */
  heapAndGarbage: number
  /** Resident memory of the page's process. */
  page: number
  /** Resident memory of the process that is app and store. */
  server: number
}

test.skipIf(inject('ceph') || !knowsResidentMemory)(
  'the page’s heap is as large for a large file as for a small one (embedded store only; needs /proc)',
  { timeout: 900_000 },
  async () => {
    const small = await uploadAndMeasure(await createSparseFile('small.bin', SMALL))
    const large = await uploadAndMeasure(await createSparseFile('large.bin', LARGE))
    console.log(`MiB at most: ${SMALL / MiB} MiB file`, small, `${LARGE / MiB} MiB file`, large)
    expect(small.heap).toBeGreaterThan(0)
    expect(large.heap - small.heap).toBeLessThan(MOST_GROWTH_MIB)
  },
)

async function createSparseFile(name: string, size: number): Promise<SourceFile> {
  const { path } = await files.create(name, 0)
  await truncate(path, size)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: MiB }), hash)
  return { name, path, size, sha256: hash.digest('hex') }
}

async function uploadAndMeasure(file: SourceFile): Promise<Peaks> {
  const demo = await DemoPage.open(browser, `http://localhost:${port}`)
  const peaks = await watchPeaks(demo, () => demo.upload([file]))
  const [{ url } = { url: '' }] = await demo.stored()
  await expectStored(demo, file, await server.openEmbeddedS3(new URL(url).origin))
  await demo.close()
  return peaks
}

async function watchPeaks(demo: DemoPage, upload: () => Promise<void>): Promise<Peaks> {
  const devtools = await demo.context.newCDPSession(demo.page)
  const renderers = await processIds(browser, 'renderer')
  const peaks: Peaks = { heap: 0, heapAndGarbage: 0, page: 0, server: 0 }
  const raise = (name: keyof Peaks, value: number) => {
    peaks[name] = Math.max(peaks[name], Math.round(value * 10) / 10)
  }
  const heapMiB = async () => {
    const { usedSize, backingStorageSize } = await devtools.send('Runtime.getHeapUsage')
    return (usedSize + backingStorageSize) / MiB
  }
  const measure = async () => {
    raise('heapAndGarbage', await heapMiB())
    await devtools.send('HeapProfiler.collectGarbage')
    raise('heap', await heapMiB())
    // Chromium keeps an empty one at hand.
    raise('page', Math.max(...(await Promise.all(renderers.map(residentMiB)))))
    raise('server', await server.residentMiB())
  }
  let measuring = Promise.resolve()
  demo.page.on('requestfinished', (request) => {
    if (request.method() === 'PUT') measuring = measuring.then(measure)
  })
  await upload()
  await demo.untilComplete()
  await measuring
  return peaks
}
