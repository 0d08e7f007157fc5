// The short form of the load that `npm run bench -- sign-load` puts on an app server for as long as one likes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clients } from '../clients.js'
import { type AppServer, startApp } from '../servers/start-app.js'
import { type BenchStore, openEmbeddedStore } from '../store/bench-store.js'
import { prepareSigning } from './prepare-signing.js'
import { repeatCall } from './run-load.js'

const CALLS = 1000

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
  await repeatCall(call, { amount: CALLS })
  const before = await app.usage('afterCollection')
  expect(await repeatCall(call, { amount: CALLS })).toBe(CALLS)
  const after = await app.usage('afterCollection')

  expect(after.calls - before.calls).toBe(CALLS)
  expect((after.heapBytes - before.heapBytes) / CALLS).toBeLessThan(1024)
})
