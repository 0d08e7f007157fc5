// The table's rows: each a fault, and how it comes about. All act on both contenders alike.
import { appendFile } from 'node:fs/promises'
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import { objectKeys, storedParts, unfinishedUploads } from '../support/bucket-contents.js'
import {
  allowOrigin,
  answer,
  delay,
  forwardTwice,
  halfOpen,
  isFromPage,
  loseReply,
  randomFaults,
  type SeenRequest,
  s3Error,
  truncateReply,
} from '../support/fault-proxy/index.js'
import type { SourceFile } from '../support/files.js'
import { isServerCall, isTransfer, type Run, type ServerCall, type ServerMore, startUpload } from './run.js'

export interface Stage {
  run: Run
  files: SourceFile[]
  /** Bytes of all files. */
  bytes: number
  /** The page that counts; a row may open another one. */
  page: Page
  /** Parts that were sent although S3 had them. */
  countResent?(): number
}

export interface Row {
  fault: string
  /** MiB of each file. @default [40] */
  sizes?: number[]
  /** What it wants of server, bucket and page. */
  server?: ServerMore
  /** Before the page is opened. */
  prepare?(run: Run): Promise<void>
  /** Starts the upload, and does it harm. */
  act(stage: Stage): Promise<void>
  /**
   * What ours comes to. With `failed` what is on S3 stays there, to be continued; with `finished` no page is left to tell.
   * @default 'uploaded'
   */
  ours?: 'uploaded' | 'failed' | 'cancelled' | 'finished'
}

/** The long table has the issue's own durations, the tests have shorter ones. */
export const isLong = process.env.FAULTS === 'long'
const seconds = (short: number, long: number) => (isLong ? long : short) * 1000
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const start = ({ page, files }: Stage) => startUpload(page, files)
const half = async (stage: Stage) => {
  await start(stage)
  await stage.run.untilSent(stage.bytes / 2)
}

/** Matches each thing that is asked for once. */
function first(isWanted: (request: SeenRequest) => boolean): (request: SeenRequest) => boolean {
  const seen = new Set<string>()
  return (request) => {
    if (!isWanted(request)) return false
    const subject = `${request.method} ${request.path} ${request.query.get('partNumber')}`
    if (seen.has(subject)) return false
    seen.add(subject)
    return true
  }
}

/** Holds what waits for it until it is opened. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

async function cutCable({ run }: Stage, ms: number): Promise<void> {
  for (const way of [run.s3, run.app]) way.blackHoleAll(true)
  await wait(ms)
  for (const way of [run.s3, run.app]) way.blackHoleAll(false)
}

function lostReply(call: ServerCall): Row {
  return {
    fault: `the reply to ${call} is lost`,
    async act(stage) {
      const { run, page } = stage
      run.app.add({ match: run.isCall(call), times: 1, action: loseReply() })
      await start(stage)
      if (call !== 'abort') return
      await run.untilSent(stage.bytes / 2)
      await page.evaluate(() => window.uppy.cancelAll())
    },
    ...(call === 'abort' && { ours: 'cancelled' }),
  }
}

function wrongClock(days: number): Row {
  return {
    fault: `the client's clock is ${Math.abs(days)} day ${days < 0 ? 'late' : 'early'}`,
    async prepare({ context }) {
      await context.addInitScript((offsetMs) => {
        const RealDate = Date
        class ShiftedDate extends RealDate {
          constructor(...parts: [] | [number]) {
            if (parts.length === 0) super(RealDate.now() + offsetMs)
            else super(...parts)
          }
          static override now = () => RealDate.now() + offsetMs
        }
        globalThis.Date = ShiftedDate as DateConstructor
      }, days * 86_400_000)
    },
    act: start,
  }
}

async function openAgain(stage: Stage): Promise<void> {
  stage.page = await stage.run.openPage()
  await start(stage)
}

/** No page comes any further than its last byte. */
function holdCompletion({ run }: Stage): () => void {
  return run.app.add({ match: run.isCall('complete'), action: delay(() => new Promise(() => {})) })
}

function closedAt(percent: number, servers: 1 | 2): Row {
  const again = servers === 1 ? 'another tab gets the file' : 'the tab gets the file again; two servers'
  return {
    fault: `the page ${servers === 1 ? 'closes' : 'is reloaded'} at ${percent} % of 100 MiB, and ${again}`,
    sizes: [100],
    server: { servers },
    async act(stage) {
      const { run, page } = stage
      const { client } = run.setting.store
      const release = holdCompletion(stage)
      await start(stage)
      await run.untilSent((stage.bytes * percent) / 100)
      if (servers === 1) await page.close()
      else await page.reload()
      release()
      const [upload] = await unfinishedUploads(client, run.bucket)
      const stored = upload ? await storedParts(client, run.bucket, upload) : []
      const earlier = run.s3.requests.length
      const isResent = (request: SeenRequest) =>
        isTransfer(request) && stored.includes(Number(request.query.get('partNumber')))
      stage.countResent = () => run.s3.requests.slice(earlier).filter(isResent).length
      if (servers === 1) return await openAgain(stage)
      await page.waitForFunction(() => 'uppy' in window)
      await start(stage)
    },
  }
}

/** @param isWhole resolves once S3 has all of it */
function closedAfter(what: string, sizes: number[], servers: 1 | 2, isWhole: (stage: Stage) => unknown): Row {
  return {
    fault: `the page closes for good after the last byte of ${what}${servers === 2 ? '; two servers' : ''}`,
    sizes,
    server: { servers },
    async act(stage) {
      holdCompletion(stage)
      await Promise.all([isWhole(stage), start(stage)])
      await stage.page.close()
      await stage.run.finishAfterAMinute()
    },
    ours: 'finished',
  }
}

const closings = ([1, 2] as const).flatMap((servers) => [
  ...[10, 50, 99].map((percent) => closedAt(percent, servers)),
  closedAfter('100 MiB', [100], servers, ({ page }) =>
    page.waitForRequest((request) => request.url().includes('complete')),
  ),
  closedAfter('20 small files', Array(20).fill(0.25), servers, ({ run, files }) =>
    vi.waitUntil(
      async () => (await objectKeys(run.setting.store.client, run.bucket)).length === files.length,
      { timeout: run.setting.deadlineMs },
    ),
  ),
])

export const rows: Row[] = [
  { fault: 'none', act: start },
  ...[seconds(1, 1), seconds(4, 30), ...(isLong ? [180_000] : [])].map(
    (ms): Row => ({
      fault: `the network is gone for ${ms / 1000} s`,
      async act(stage) {
        await half(stage)
        await cutCable(stage, ms)
      },
    }),
  ),
  {
    fault: 'the browser is offline in mid-part',
    async act(stage) {
      await half(stage)
      await stage.run.context.setOffline(true)
      await wait(seconds(3, 20))
      await stage.run.context.setOffline(false)
    },
  },
  {
    fault: 'a connection hangs',
    server: isLong ? {} : { stallTimeoutMs: 3000 },
    async act(stage) {
      stage.run.s3.add({ match: isTransfer, times: 1, action: halfOpen(1024 ** 2) })
      await start(stage)
    },
  },
  {
    fault: 'every part fails once',
    async act(stage) {
      stage.run.s3.add({ match: first(isTransfer), action: s3Error(500, 'InternalError') })
      await start(stage)
    },
  },
  {
    fault: '30 % of the requests fail',
    async act(stage) {
      stage.run.s3.add({ ...randomFaults(1, 0.3), match: isTransfer })
      stage.run.app.add({ ...randomFaults(2, 0.3), match: isServerCall })
      await start(stage)
    },
  },
  {
    fault: 'S3 says SlowDown',
    async act(stage) {
      await half(stage)
      const end = stage.run.s3.add({ match: isTransfer, action: s3Error(503, 'SlowDown') })
      await wait(seconds(3, 20))
      end()
    },
  },
  {
    fault: 'the signing server is down',
    async act(stage) {
      await start(stage)
      await stage.run.untilSent(1)
      await stage.run.app.refuse()
      await wait(seconds(3, 60))
      await stage.run.app.accept()
    },
  },
  {
    fault: 'the signing server is restarted',
    async act(stage) {
      await half(stage)
      await stage.run.stopServer()
      await stage.run.startServer()
    },
  },
  {
    fault: 'one of two signing servers is taken away',
    server: { servers: 2 },
    async act(stage) {
      await half(stage)
      await stage.run.stopServer()
    },
  },
  {
    fault: 'the session expires, and is renewed',
    async act(stage) {
      const { run } = stage
      const body = JSON.stringify({ error: 'Sign in to upload.', code: 'not_signed_in', status: 401 })
      const expired = answer(401, { headers: { 'content-type': 'application/json' }, body })
      await half(stage)
      const isOld = ({ headers }: SeenRequest) => headers.authorization !== 'Bearer second'
      run.app.add({ match: (request) => isServerCall(request) && isOld(request), action: expired })
    },
  },
  {
    fault: 'signed URLs expire before their turn',
    server: { urlExpiresInSeconds: 3 },
    async act(stage) {
      stage.run.s3.link.totalBytesPerSecond = 5 * 1024 ** 2
      await start(stage)
    },
  },
  wrongClock(1),
  wrongClock(-1),
  { fault: 'the bucket does not expose ETag', server: { exposedHeaders: [] }, act: start },
  ...(['create', 'sign', 'complete', 'abort'] as const).map(lostReply),
  ...(['create', 'sign', 'complete'] as const).map(
    (call): Row => ({
      fault: `${call} arrives twice, and the second reply is heard`,
      async act(stage) {
        stage.run.app.add({ match: stage.run.isCall(call), times: 1, action: forwardTwice('second') })
        await start(stage)
      },
    }),
  ),
  {
    fault: 'S3 does not allow the page, for a while',
    async act(stage) {
      await half(stage)
      const end = stage.run.s3.add({ match: isFromPage, action: allowOrigin(undefined) })
      await wait(seconds(2, 10))
      end()
    },
  },
  {
    fault: 'a reply of the server is cut short',
    async act(stage) {
      stage.run.app.add({ match: stage.run.isCall('create'), times: 1, action: truncateReply(20) })
      await start(stage)
    },
  },
  {
    fault: 'S3 answers complete with 200 and an error',
    async act(stage) {
      const isComplete = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploadId')
      stage.run.s3.add({ match: isComplete, times: 4, action: s3Error(200, 'InternalError') })
      await start(stage)
    },
  },
  {
    fault: 'the upload is gone from S3',
    async act(stage) {
      const { run } = stage
      await half(stage)
      const { client } = run.setting.store
      for (const { Key, UploadId } of await unfinishedUploads(client, run.bucket)) {
        await client.send(new AbortMultipartUploadCommand({ Bucket: run.bucket, Key, UploadId }))
      }
    },
  },
  {
    fault: 'S3 is restarted',
    async act(stage) {
      await half(stage)
      await stage.run.setting.store.stop()
      await stage.run.setting.store.start()
    },
  },
  {
    fault: 'pause and resume while create is under way',
    async act(stage) {
      const { run, page } = stage
      const paused = gate()
      run.app.add({ match: run.isCall('create'), times: 1, action: delay(() => paused.opened) })
      const creating = page.waitForRequest((request) => request.method() === 'POST')
      await start(stage)
      await creating
      await page.evaluate(() => window.uppy.pauseAll())
      paused.open()
      await page.evaluate(() => window.uppy.resumeAll())
    },
  },
  {
    fault: 'cancel while complete is under way',
    async act(stage) {
      const { run, page } = stage
      const cancelled = gate()
      run.app.add({ match: run.isCall('complete'), action: delay(() => cancelled.opened) })
      const completing = page.waitForRequest((request) => request.url().includes('complete'))
      await start(stage)
      await completing
      await page.evaluate(() => window.uppy.cancelAll())
      cancelled.open()
    },
    ours: 'cancelled',
  },
  {
    fault: 'the tab crashes, and the file is added again',
    async act(stage) {
      // Once, in the middle of a part. `kills` and `soak` close pages many times, at random moments.
      await start(stage)
      await stage.run.untilSent(stage.bytes * 0.6)
      await stage.page.close({ runBeforeUnload: false })
      stage.page = await stage.run.openPage()
      await start(stage)
    },
  },
  ...closings,
  {
    fault: 'two tabs with the same file',
    async act(stage) {
      await start(stage)
      await openAgain(stage)
    },
  },
  {
    fault: 'the part size changes while the tab is closed',
    async act(stage) {
      await half(stage)
      await stage.page.close()
      await stage.run.stopServer()
      await stage.run.startServer({ partSize: 8 * 1024 ** 2 })
      await openAgain(stage)
    },
  },
  {
    fault: 'the file changes on disk',
    async act(stage) {
      await half(stage)
      for (const { path } of stage.files) await appendFile(path, 'changed')
    },
    ours: 'failed',
  },
  {
    fault: 'the quota is reached in the middle of a batch',
    sizes: [6, 6, 6, 6],
    // Unknown to the page, which would not take the files otherwise.
    act: async (stage) => {
      await stage.run.startServer({ quota: { files: 2 } })
      await stage.run.stopServer()
      await start(stage)
    },
    ours: 'failed',
  },
]
