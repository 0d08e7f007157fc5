// The benchmark's page: it loads the one client that is asked for, and holds the watch.
import { claimSize } from './claim-size.js'
import type { PageClientName, PageTimes, PrepareUpload, ReadyUpload, UploadPlan } from './page-client.js'
import { sendWithoutBytes } from './send-without-bytes.js'

declare global {
  interface Window {
    /** Gives the client the files that were chosen. Returns their number. */
    prepareUpload(plan: UploadPlan): Promise<number>
    /** Uploads them. */
    runUpload(): Promise<PageTimes>
  }
}

const clients: Record<PageClientName, () => Promise<{ prepare: PrepareUpload }>> = {
  raw: () => import('./clients/raw.js'),
  'raw-in-uppy': () => import('./clients/raw-in-uppy.js'),
  'floor-md5': () => import('./clients/floor-md5.js'),
  'floor-crc64nvme': () => import('./clients/floor-crc64nvme.js'),
  partway: () => import('./clients/partway.js'),
  'partway-at-once': () => import('./clients/partway-at-once.js'),
  'aws-s3': () => import('./clients/aws-s3.js'),
  'aws-s3-5': () => import('./clients/aws-s3-5.js'),
  'aws-s3-small-parts': () => import('./clients/aws-s3-small-parts.js'),
  tus: () => import('./clients/tus.js'),
}

let ready: ReadyUpload | undefined

async function prepareUpload(plan: UploadPlan): Promise<number> {
  if (plan.withoutBytes) sendWithoutBytes()
  const { prepare } = await clients[plan.client]()
  const chosen = [...(document.querySelector('input')?.files ?? [])]
  const { claimedBytes } = plan
  const files = claimedBytes === undefined ? chosen : chosen.map((file) => claimSize(file, claimedBytes))
  ready = await prepare(files, plan)
  return files.length
}

async function runUpload(): Promise<PageTimes> {
  if (!ready) throw new Error('Nothing was prepared')
  const finishedMs: PageTimes['finishedMs'] = {}
  const startedAt = Date.now()
  const start = performance.now()
  const since = () => performance.now() - start
  await ready.run((name) => {
    finishedMs[name] = since()
  })
  return { allMs: since(), finishedMs, startedAt }
}

Object.assign(window, { prepareUpload, runUpload })
