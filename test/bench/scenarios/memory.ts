import { type BenchClient, clients } from '../clients.js'
import { growClients } from '../growth.js'
import { runUpload } from '../run/run-upload.js'
import { openStage } from '../run/stage.js'
import { watchMemory } from '../run/watch-memory.js'
import type { Scenario } from '../scenario.js'
import { openSinkStore } from '../store/sink-store.js'

const MiB = 1024 ** 2
const GiB = 1024 * MiB
const PART_BYTES = 8 * MiB
/** No file system takes it. */
const HUGE = 48 * 1024

// The store has to know how the file is cut.
const partway: BenchClient = { ...clients.partway, partway: () => ({ partSize: PART_BYTES }) }
const { clients: growing } = growClients('GiB', [{ client: partway, amounts: [0.25, 4, HUGE] }])
/** As the server has it: S3 takes at most 10,000 parts. */
const partBytes = (size: number) => Math.max(PART_BYTES, Math.ceil(size / 10_000 / MiB) * MiB)

const scenario: Scenario = {
  name: 'memory',
  title: 'Memory for 0.25 GiB, 4 GiB and 48 TiB',
  about:
    'The page’s heap at its highest during the upload, after a collection every half second; the app server’s memory at the end. All bytes are read, hashed (MD5) and sent, to an S3 that keeps no file. Of the 48 TiB there is only the plan: 9,999 parts, each with its checksum, signature and request, but no bytes in them. Not verified. The app server has just started.',
  quick: '0.25 GiB only',
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
      const size = amount * GiB
      store.expected = { size, partSize: partBytes(size) }
      const isPlan = amount === HUGE
      const files = await stage.sparseFiles([isPlan ? 0 : size])
      const plan = isPlan && { withoutBytes: true, claimedBytes: size }
      return (await runUpload(stage, { client, network: 'direct', files, ...plan }, watchMemory)).measures
    } finally {
      await stage.close()
      await store.close()
    }
  },
}
export default scenario
