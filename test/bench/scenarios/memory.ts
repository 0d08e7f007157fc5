import { type BenchClient, clients } from '../clients.js'
import { growClients } from '../growth.js'
import { runUpload } from '../run/run-upload.js'
import { openStage } from '../run/stage.js'
import { watchMemory } from '../run/watch-memory.js'
import type { Scenario } from '../scenario.js'
import { openSinkStore } from '../store/sink-store.js'

const MiB = 1024 ** 2
const PART_BYTES = 8 * MiB

// The store has to know how the file is cut.
const partway: BenchClient = { ...clients.partway, partway: () => ({ partSize: PART_BYTES }) }
const { clients: growing } = growClients('MiB', [{ client: partway, amounts: [256, 4096] }])

const scenario: Scenario = {
  name: 'memory',
  title: 'Memory for 256 MiB and for 4 GiB',
  about:
    'The page’s heap at its highest during the upload, after a collection every half second; the app server’s memory at the end. All bytes are read, hashed (MD5) and sent, to an S3 that keeps nothing. Not verified. The app server has just started.',
  quick: '256 MiB only',
  clients: growing,
  quickClients: growing.slice(0, 1),
  main: 'pageHeapBytes',
  columns: ['appRssBytes', 'appRequests', 'allMs'],
  rounds: { all: 1, quick: 1 },
  async measure(_stage, client) {
    const amount = growing.find(({ name }) => name === client.name)?.amount ?? 0
    const store = await openSinkStore()
    const stage = await openStage(store)
    try {
      store.expected = { size: amount * MiB, partSize: PART_BYTES }
      const files = await stage.sparseFiles([store.expected.size])
      return (await runUpload(stage, { client, network: 'direct', files }, watchMemory)).measures
    } finally {
      await stage.close()
      await store.close()
    }
  },
}
export default scenario
