import pMap from 'p-map'
import { growClients } from '../growth.js'
import type { Scenario } from '../scenario.js'
import { openObjectStore, storeClients } from '../store/object-stores.js'

const KEYS = [1000, 10_000, 100_000]

const { clients: growing, curves } = growClients('keys', [
  { client: storeClients.files, amounts: KEYS },
  { client: storeClients.ceph, amounts: KEYS },
  { client: storeClients.embedded, amounts: KEYS },
])

const scenario: Scenario = {
  name: 'store-keys',
  title: 'Stores: listing 1,000 to 100,000 keys',
  about:
    'The embedded S3 store beside Ceph, which has its disk in memory here, and beside a folder that is read and sorted. All keys, in pages of 1,000, one after another, with what the SDK makes of them. The embedded store has just started: the second time is that of its start, the process included.',
  quick: '1,000 keys',
  clients: growing,
  curves,
  quickClients: growing.filter(({ amount }) => amount === KEYS[0]),
  columns: ['startMs', 'storeRssBytes'],
  rounds: { all: 1, quick: 1 },
  async measure({ store: ceph }, client) {
    const amount = growing.find(({ name }) => name === client.name)?.amount ?? 0
    const store = await openObjectStore(client, ceph)
    try {
      const keys = Array.from({ length: amount }, (_, index) => `${index % 100}/${index}`)
      await pMap(keys, (key) => store.put(key, Buffer.of()), { concurrency: 16 })
      const beforeStart = performance.now()
      await store.restart?.()
      const start = performance.now()
      const { length } = await store.listKeys()
      const allMs = performance.now() - start
      if (length !== amount) throw new Error(`${length} of ${amount} keys are listed`)
      const startMs = start - beforeStart
      return {
        allMs,
        ...(store.restart && { startMs }),
        ...(store.peakRssBytes && { storeRssBytes: await store.peakRssBytes() }),
      }
    } finally {
      await store.close()
    }
  },
}
export default scenario
