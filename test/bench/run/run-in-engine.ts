// One upload of one file in some browser engine, over a line as long as `wan`.
import { setTimeout as sleep } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import type { EngineBrowser } from '../../support/engines/engine.js'
import { Link } from '../../support/fault-proxy/link.js'
import type { SourceFile } from '../../support/files.js'
import type { BenchClient } from '../clients.js'
import { WAN } from '../network/open-network.js'
import { startTcpProxy } from '../network/tcp-proxy.js'
import type { UploadPlan } from '../page/page-client.js'
import { startApp } from '../servers/start-app.js'
import { signKnownTransfers } from '../store/known-transfers.js'
import { emptyBucket, verifyObjects } from '../store/verify-objects.js'
import { SETTLE_MS } from './load-page.js'
import type { Measures } from './measurement.js'
import type { Stage } from './stage.js'

/** @throws Error if what S3 has is not the file */
export async function runInEngine(
  { store, pageFolder }: Stage,
  browser: EngineBrowser,
  client: BenchClient,
  file: SourceFile,
): Promise<Measures> {
  const { region, credentials } = store
  const bucket = await store.createBucket()
  const link = Object.assign(new Link(), WAN)
  const toS3 = await startTcpProxy({ targetPort: store.port, link })
  // Not all engines can be told to send a host's connections another way, so that this is S3's name here.
  const publicEndpoint = `http://127.0.0.1:${toS3.port}`
  const signing = new S3Client({ region, credentials, endpoint: publicEndpoint, forcePathStyle: true })
  const setting = { kind: client.server, pageFolder, bucket, region, credentials, endpoint: store.endpoint }
  const app = await startApp({ ...setting, publicEndpoint })
  const toApp = await startTcpProxy({ targetPort: app.port, link })
  const profile = await browser.newProfile()
  try {
    const known = client.known && (await signKnownTransfers(signing, bucket, [file], false))
    const tab = await profile.openTab(`http://127.0.0.1:${toApp.port}`)
    await tab.pick('input', file.path)
    const plan: UploadPlan = { client: client.page, transfers: known?.transfers ?? [] }
    await tab.evaluate((given) => window.prepareUpload(given), plan)
    await sleep(SETTLE_MS)
    const { allMs } = await tab.evaluate(() => window.runUpload())
    const parts = toS3.requests.filter(({ method }) => method === 'PUT')
    const s3Bytes = parts.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    await known?.complete()
    if (store.keepsObjects) await verifyObjects(store.client, bucket, [file])
    return { allMs, s3Bytes }
  } finally {
    signing.destroy()
    await profile.close()
    await toApp.close()
    await app.close()
    await toS3.close()
    await emptyBucket(store.client, bucket)
    await store.collectGarbage()
  }
}
