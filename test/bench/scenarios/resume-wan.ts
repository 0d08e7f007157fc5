import { setTimeout as sleep } from 'node:timers/promises'
import { clients } from '../clients.js'
import type { Network } from '../network/open-network.js'
import type { PassedRequest } from '../network/request-reader.js'
import { type OpenUpload, runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const MiB = 1024 ** 2

/** A user who has added a file looks at it before pressing “Upload”. */
const LOOK_MS = 1000

const scenario: Scenario = {
  name: 'resume-wan',
  title: 'Resume of 256 MiB at 50 % after a reload, WAN',
  about:
    'When half of the bytes have come through, the page is loaded again and the file is added again; a second later its upload is started (`partway-at-once`: when it is added). “First byte” is when the first one of the file comes out of the proxy after the start; a round trip is 80 ms, of which a byte travels half, and a new connection costs one. `partway-hosts` sends up to 18 parts at a time, and sends again those that were under way.',
  quick: '64 MiB',
  clients: [clients.partway, clients.partwayAtOnce, clients.partwayHosts, clients.tus],
  main: 'firstByteMs',
  quickClients: [clients.partway, clients.partwayHosts],
  columns: ['bytesTwice', 'allMs', 's3Requests', 'appRequests', 'appCpuMs'],
  rounds: { all: 3, quick: 1 },
  async measure(stage, client, isQuick) {
    const files = await stage.files([(isQuick ? 64 : 256) * MiB])
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    const reloadAndGoOn = async ({ page, way: { network }, load }: OpenUpload) => {
      // The reload ends it without an answer.
      page.evaluate(() => window.runUpload()).catch(() => {})
      while (sentBytes(network) < bytes / 2) await sleep(20)
      await load()
      await sleep(LOOK_MS)
      const before = transfers(network).length
      const times = await page.evaluate(() => window.runUpload())
      const first = transfers(network)[before]
      const bytesTwice = sentBytes(network) - bytes
      // On a busy machine all may have come through before the page was gone.
      return { times, more: { bytesTwice, ...(first && { firstByteMs: first.at - times.startedAt }) } }
    }
    return (await runUpload(stage, { client, network: 'wan', files }, reloadAndGoOn)).measures
  },
}
export default scenario

/** Those that carry a file's bytes, to S3 or through the app server, in the order in which they came through. */
function transfers(network: Network): PassedRequest[] {
  const all = [...network.s3Requests(), ...network.appRequests()]
  return all.filter(({ method }) => method === 'PUT' || method === 'PATCH').sort((a, b) => a.at - b.at)
}

function sentBytes(network: Network): number {
  return transfers(network).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
}
