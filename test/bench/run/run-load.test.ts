// The short form of the load that `npm run bench -- sign-load` puts on an app server for as long as one likes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clients } from '../clients.js'
import { type AppServer, startApp } from '../servers/start-app.js'
import { type BenchStore, openEmbeddedStore } from '../store/bench-store.js'
import { prepareSigning } from './prepare-signing.js'
import { runLoad } from './run-load.js'

const SECONDS = 4

let store: BenchStore
let app: AppServer

beforeAll(async () => {
  store = await openEmbeddedStore()
  const { region, credentials, endpoint } = store
  const bucket = await store.createBucket()
  // Its pages are not asked for.
  const pageFolder = import.meta.dirname
  app = await startApp({ kind: clients.partway.server, pageFolder, bucket, region, credentials, endpoint })
})
afterAll(async () => {
  await app?.close()
  await store?.close()
})

test('an app server that signs under load keeps nothing of its calls', async () => {
  const call = await prepareSigning(clients.partway.server, `http://127.0.0.1:${app.port}/uploads`)
  await runLoad(app, call, SECONDS)
  const { heapBytes: before, calls: callsBefore } = await app.usage('afterCollection')
  await runLoad(app, call, SECONDS)
  const { heapBytes: after, calls: callsAfter } = await app.usage('afterCollection')

  expect(callsAfter - callsBefore).toBeGreaterThan(100)
  // Of a kilobyte that is kept of each call, several hundred kilobytes would be seen even on a slow machine.
  expect((after - before) / (callsAfter - callsBefore)).toBeLessThan(1024)
})
