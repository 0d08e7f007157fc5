import { clients } from '../clients.js'
import { runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const scenario: Scenario = {
  name: 'small-wan',
  title: '500 × 10 KiB, WAN',
  about: '`raw` sends each file by PUT, `raw-form` by form POST, which needs no preflight.',
  quick: '60 files',
  clients: [clients.raw, clients.rawForm, clients.partway, clients.partwayHosts, clients.awsS3, clients.tus],
  quickClients: [clients.raw, clients.rawForm, clients.partway, clients.partwayHosts, clients.awsS3],
  columns: ['s3Requests', 's3Preflights', 'appRequests', 'appCpuMs', 'appRssBytes', 'pageHeapBytes'],
  rounds: { all: 3, quick: 1 },
  async measure(stage, client, isQuick) {
    const files = await stage.files(Array(isQuick ? 60 : 500).fill(10 * 1024))
    return (await runUpload(stage, { client, network: 'wan', files })).measures
  },
}
export default scenario
