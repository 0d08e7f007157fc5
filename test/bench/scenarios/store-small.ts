import { randomBytes } from 'node:crypto'
import pMap from 'p-map'
import type { Scenario } from '../scenario.js'
import { openObjectStore, storeClients } from '../store/object-stores.js'

const scenario: Scenario = {
  name: 'store-small',
  title: 'Stores: 1,000 objects of 10 KiB',
  about:
    'The embedded S3 store beside Ceph, which has its disk in memory here, and beside files that are written and synced. Ten at a time.',
  quick: '100 objects',
  clients: [storeClients.files, storeClients.ceph, storeClients.embedded],
  columns: ['storeRssBytes'],
  rounds: { all: 3, quick: 1 },
  async measure({ store: ceph }, client, isQuick) {
    const store = await openObjectStore(client, ceph)
    try {
      const keys = Array.from({ length: isQuick ? 100 : 1000 }, (_, index) => `small/${index}`)
      const body = randomBytes(10 * 1024)
      const start = performance.now()
      await pMap(keys, (key) => store.put(key, body), { concurrency: 10 })
      const allMs = performance.now() - start
      return { allMs, ...(store.peakRssBytes && { storeRssBytes: await store.peakRssBytes() }) }
    } finally {
      await store.close()
    }
  },
}
export default scenario
