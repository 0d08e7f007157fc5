import { clients } from '../clients.js'
import { runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const scenario: Scenario = {
  name: 'small-direct',
  title: '500 × 10 KiB, no proxy',
  about:
    '`raw` sends each file by PUT, `raw-form` by form POST, which needs no preflight. The app servers have served eight such uploads before: ' +
    'V8 compiles for thousands of calls.',
  quick: '100 files',
  clients: [clients.raw, clients.rawForm, clients.partway, clients.awsS3, clients.tus],
  quickClients: [clients.raw, clients.partway, clients.tus],
  columns: ['appCpuMs', 'pageCpuMs', 'appRssBytes', 'pageHeapBytes'],
  async measure(stage, client, isQuick) {
    const files = await stage.files(Array(isQuick ? 100 : 500).fill(10 * 1024))
    return (await runUpload(stage, { client, network: 'direct', files, warmUps: isQuick ? 1 : 8 })).measures
  },
}
export default scenario
