import { clients } from '../clients.js'
import { growClients } from '../growth.js'
import { runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const FILES = [1, 10, 100, 1000, 5000]
const FILE_BYTES = 10 * 1024

const { clients: growing, curves } = growClients('files', [
  { client: clients.rawForm, amounts: FILES },
  { client: clients.rawFormInUppy, amounts: FILES },
  { client: clients.partway, amounts: FILES },
  { client: clients.awsS3, amounts: FILES },
])

const scenario: Scenario = {
  name: 'growth-files',
  title: '1 to 5,000 files of 10 KiB, no proxy',
  about:
    'How cost grows with the number of files, with all their bytes. `raw-form` is a page without Uppy, whose core copies the state of all files whenever one changes; `raw-form-in-uppy` is the same in an Uppy that is told when a file is done, and of nothing else.',
  quick: 'up to 100 files',
  clients: growing,
  curves,
  quickClients: growing.filter(({ page, amount }) => page === 'partway' && (amount === 10 || amount === 100)),
  columns: ['appRequests', 'appCpuMs', 'pageCpuMs', 'appRssBytes', 'pageHeapBytes'],
  rounds: { all: 3, quick: 1 },
  async measure(stage, client) {
    const amount = growing.find(({ name }) => name === client.name)?.amount ?? 0
    const files = await stage.files(Array(amount).fill(FILE_BYTES))
    return (await runUpload(stage, { client, network: 'direct', files })).measures
  },
}
export default scenario
