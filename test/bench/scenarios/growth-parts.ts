import { type BenchClient, clients } from '../clients.js'
import { growClients } from '../growth.js'
import { runUpload } from '../run/run-upload.js'
import { openStage } from '../run/stage.js'
import type { Scenario } from '../scenario.js'
import { openSinkStore } from '../store/sink-store.js'

const MiB = 1024 ** 2
const PARTS = [1, 10, 100, 1000, 10_000]
/** The smallest that S3 takes; the server makes them larger where there are more than 1,000. */
const partBytes = (parts: number) => (parts > 1000 ? 32 : 5) * MiB

const partway: BenchClient = {
  ...clients.partway,
  partway: () => ({ checksum: 'none', partSize: 5 * MiB, multipartThreshold: 0 }),
}
const { clients: growing, curves } = growClients('parts', [
  { client: partway, amounts: PARTS },
  {
    client: { ...clients.awsS3, page: 'aws-s3-small-parts' },
    amounts: PARTS.filter((parts) => parts <= 1000),
  },
])

const scenario: Scenario = {
  name: 'growth-parts',
  title: 'One file in 1 to 10,000 parts',
  about:
    'How cost grows, without the bytes: the file is one of zeros, of up to 312 GiB, each part is a PUT with an empty body, without a checksum, and S3 is one that keeps no file and believes everything. So this is what the calls, the signatures and the book-keeping cost. Not verified: nothing is kept. The app server has just started.',
  quick: 'up to 100 parts',
  clients: growing,
  curves,
  quickClients: growing.filter(({ amount }) => amount === 10 || amount === 100),
  columns: ['appRequests', 'appCpuMs', 'pageCpuMs', 'appRssBytes', 'pageHeapBytes'],
  rounds: { all: 3, quick: 1 },
  async measure(_stage, client) {
    const parts = growing.find(({ name }) => name === client.name)?.amount ?? 0
    const store = await openSinkStore()
    const stage = await openStage(store)
    try {
      const partSize = partBytes(parts)
      store.expected = { size: parts * partSize, partSize }
      const files = await stage.sparseFiles([store.expected.size])
      return (await runUpload(stage, { client, network: 'direct', files, withoutBytes: true })).measures
    } finally {
      await stage.close()
      await store.close()
    }
  },
}
export default scenario
