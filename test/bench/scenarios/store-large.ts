import { randomBytes } from 'node:crypto'
import type { Scenario } from '../scenario.js'
import { openObjectStore, storeClients } from '../store/object-stores.js'

const PART_BYTES = 16 * 1024 ** 2
const GIBIBYTE_PARTS = 64

const scenario: Scenario = {
  name: 'store-large',
  title: 'Stores: 1 GiB in parts of 16 MiB',
  about:
    'The embedded S3 store beside Ceph, which has its disk in memory here, and beside a file that is written and synced. Four parts at a time, from the SDK, which hashes them. Memory is the most that the store’s process has had.',
  quick: '64 MiB',
  clients: [storeClients.files, storeClients.ceph, storeClients.embedded],
  columns: ['storeRssBytes'],
  rounds: { all: 3, quick: 1 },
  async measure({ store: ceph }, client, isQuick) {
    const store = await openObjectStore(client, ceph)
    try {
      const part = randomBytes(PART_BYTES)
      const start = performance.now()
      await store.putInParts('large', part, isQuick ? 4 : GIBIBYTE_PARTS)
      const allMs = performance.now() - start
      return { allMs, ...(store.peakRssBytes && { storeRssBytes: await store.peakRssBytes() }) }
    } finally {
      await store.close()
    }
  },
}
export default scenario
