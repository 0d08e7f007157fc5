import { clients } from '../clients.js'
import { runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const MiB = 1024 ** 2
const LARGE = Array(8).fill(64 * MiB)
const SMALL = Array(200).fill(10 * 1024)

const scenario: Scenario = {
  name: 'mix-wan',
  title: '8 × 64 MiB and 200 × 10 KiB together, WAN',
  about:
    'The large files are added first. “Small files done” is when the last of them was; “alone” is how long these take without the large ones, in the same round.',
  quick: '1 × 32 MiB and 30 × 10 KiB',
  clients: [clients.raw, clients.partway, clients.partwayHosts, clients.awsS3],
  quickClients: [clients.raw, clients.partway],
  columns: ['smallMs', 'smallAloneMs', 's3Requests', 'appRequests', 'appCpuMs', 'pageHeapBytes'],
  rounds: { all: 3, quick: 1 },
  async measure(stage, client, isQuick) {
    const [large, small] = isQuick ? [[32 * MiB], SMALL.slice(0, 30)] : [LARGE, SMALL]
    const network = 'wan'
    const alone = await runUpload(stage, { client, network, files: await stage.files(small) })
    const mixed = await runUpload(stage, { client, network, files: await stage.files([...large, ...small]) })
    const smallMs = Math.max(
      ...Object.entries(mixed.times.finishedMs).flatMap(([name, ms]) =>
        name.endsWith(`-${SMALL[0]}.bin`) ? ms : [],
      ),
    )
    return { ...mixed.measures, smallMs, smallAloneMs: alone.times.allMs }
  },
}
export default scenario
