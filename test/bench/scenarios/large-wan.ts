import { clients } from '../clients.js'
import { runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const MiB = 1024 ** 2

const scenario: Scenario = {
  name: 'large-wan',
  title: '1 × 256 MiB, WAN',
  about: '`raw` sends parts of 8 MiB.',
  quick: '32 MiB',
  clients: [clients.raw, clients.partway, clients.partwayHosts, clients.awsS3, clients.awsS35, clients.tus],
  quickClients: [clients.raw, clients.partway, clients.partwayHosts, clients.awsS3],
  columns: ['s3Requests', 's3Preflights', 'appRequests', 'appCpuMs', 'appRssBytes', 'pageHeapBytes'],
  rounds: { all: 3, quick: 1 },
  async measure(stage, client, isQuick) {
    const files = await stage.files([(isQuick ? 32 : 256) * MiB])
    return (await runUpload(stage, { client, network: 'wan', files })).measures
  },
}
export default scenario
