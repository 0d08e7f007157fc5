// One upload by one client: a bucket, an app server and a page of its own, and what it came to.
import type { Page } from 'playwright-core'
import type { SourceFile } from '../../support/files.js'
import type { BenchClient } from '../clients.js'
import type { NetworkKind } from '../network/open-network.js'
import type { PageTimes, UploadPlan } from '../page/page-client.js'
import { type AppServer, startApp } from '../servers/start-app.js'
import { signKnownTransfers } from '../store/known-transfers.js'
import { emptyBucket, verifyObjects } from '../store/verify-objects.js'
import { loadPage } from './load-page.js'
import { measurePage } from './measure-page.js'
import type { Measures } from './measurement.js'
import type { Stage, Way } from './stage.js'
import { warmApp } from './warm-app.js'

export interface Upload {
  client: BenchClient
  network: NetworkKind
  files: SourceFile[]
  /** As {@link UploadPlan.withoutBytes}. */
  withoutBytes?: boolean
  /** As {@link UploadPlan.claimedBytes}. */
  claimedBytes?: number | undefined
  /** Uploads that nobody measures before. @default 1 */
  warmUps?: number
  /** Whether it may be left before its end: what S3 has is not compared with the files. @default false */
  isWatchedOnly?: boolean
}

/** A page that has the files, and has not begun. */
export interface OpenUpload {
  stage: Stage
  way: Way
  app: AppServer
  page: Page
  plan: UploadPlan
  /** Loads the page, or loads it again, and gives it the files. */
  load(): Promise<void>
}

/** Nothing that is measured takes so long; it would hang. */
const DEADLINE_MS = 600_000
const MANY_BYTES = 64 * 1024 ** 2

/**
 * Uploads, measures and verifies.
 *
 * @param act what happens in the page. By default it uploads.
 * @throws NotStarted if the app server cannot do what the client wants of it; Error if what S3 has is not the files
 */
export async function runUpload(
  stage: Stage,
  { client, network, files, withoutBytes = false, claimedBytes, warmUps = 1, isWatchedOnly = false }: Upload,
  act: (upload: OpenUpload) => Promise<{ times: PageTimes; more?: Measures }> = uploadOnce,
): Promise<{ times: PageTimes; measures: Measures }> {
  const { store, pageFolder } = stage
  const way = await stage.way(network)
  const [bucket, browser] = await Promise.all([store.createBucket(), way.openBrowser()])
  const { kind, more } = { kind: client.server, more: client.partway?.(way.network.s3Hosts) }
  const { region, credentials, endpoint } = store
  const setting = { kind, pageFolder, bucket, region, credentials, endpoint, ...(more && { partway: more }) }
  const app = await startApp(setting).catch(async (error) => {
    await browser.close()
    throw error
  })
  try {
    if (stage.warmsApps && warmUps > 0 && client.server !== 'site') {
      await warmApp(stage, app, client.page, warmUps)
      await emptyBucket(store.client, bucket)
    }
    const known =
      client.known && (await signKnownTransfers(store.client, bucket, files, client.known === 'form'))
    const transfers = known?.transfers ?? []
    const plan: UploadPlan = { client: client.page, transfers, withoutBytes, claimedBytes }
    const origin = `http://127.0.0.1:${await way.network.reachApp(app.port)}`
    const page = await browser.context.newPage()
    page.setDefaultTimeout(DEADLINE_MS)
    const load = () => loadPage(page, origin, files, plan)
    await load()
    way.network.forgetRequests()
    const before = await app.usage()
    const inPage = await measurePage(page)
    const { times, more: measured } = await act({ stage, way, app, page, plan, load })
    const after = await app.usage()
    const measures = {
      allMs: times.allMs,
      ...countRequests(way),
      ...(client.server !== 'site' && {
        appRequests: after.calls - before.calls,
        appCpuMs: after.cpuMs - before.cpuMs,
        appRssBytes: after.rssBytes,
      }),
      ...(await inPage.read()),
      ...measured,
    }
    await known?.complete()
    if (store.keepsObjects && !isWatchedOnly) await verifyObjects(store.client, bucket, files)
    return { times, measures }
  } finally {
    await browser.close()
    await app.close()
    await emptyBucket(store.client, bucket)
    if (files.reduce((sum, { size }) => sum + size, 0) >= MANY_BYTES) await store.collectGarbage()
  }
}

async function uploadOnce({ page }: OpenUpload): Promise<{ times: PageTimes }> {
  return { times: await page.evaluate(() => window.runUpload()) }
}

function countRequests({ network }: Way): Measures {
  if (network.kind === 'direct') return {}
  const s3 = network.s3Requests()
  const s3Preflights = s3.filter(({ preflight }) => preflight).length
  return {
    s3Requests: s3.length - s3Preflights,
    s3Preflights,
    s3Bytes: s3.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
  }
}
