import { clients } from '../clients.js'
import { runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const MiB = 1024 ** 2

const scenario: Scenario = {
  name: 'large-direct',
  title: '1 × 512 MiB, no proxy',
  about:
    'Browser, S3 and app server share the machine, so what a checksum costs is not hidden by the network. `floor-…` reads, hashes and sends, and does nothing else.',
  quick: '64 MiB',
  clients: [
    clients.raw,
    clients.floorCrc64nvme,
    clients.floorMd5,
    clients.partwayNone,
    clients.partwayCrc64nvme,
    clients.partway,
    clients.awsS3,
    clients.tus,
  ],
  quickClients: [clients.raw, clients.floorMd5, clients.partway, clients.awsS3],
  columns: ['appCpuMs', 'pageCpuMs', 'appRssBytes', 'pageHeapBytes'],
  async measure(stage, client, isQuick) {
    const files = await stage.files([(isQuick ? 64 : 512) * MiB])
    return (await runUpload(stage, { client, network: 'direct', files })).measures
  },
}
export default scenario
