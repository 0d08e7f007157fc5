import { clients } from '../clients.js'
import { prepareSigning } from '../run/prepare-signing.js'
import { runLoad } from '../run/run-load.js'
import type { Scenario } from '../scenario.js'
import { startApp } from '../servers/start-app.js'

/** Of one turn. `LOAD_SECONDS=600` takes ten minutes. */
const seconds = (isQuick: boolean) => Number(process.env.LOAD_SECONDS ?? (isQuick ? 3 : 30))

const scenario: Scenario = {
  name: 'sign-load',
  title: 'Signing 100 parts in a call, under load',
  about:
    'autocannon with ten connections and no page: `POST /sign` of Partway, `GET …/batch` of Companion. A CPU second is one of the app server’s process. Its memory grows by what it has in the last quarter over what it had in the second.',
  quick: '3 seconds',
  clients: [clients.awsS3, clients.partway],
  main: 'signaturesPerCpuSecond',
  columns: ['calls', 'appCpuMs', 'appRssBytes', 'rssGrowthBytes'],
  rounds: { all: 3, quick: 1 },
  async measure({ store, pageFolder }, client, isQuick) {
    const bucket = await store.createBucket()
    const { region, credentials, endpoint } = store
    const setting = { kind: client.server, pageFolder, bucket, region, credentials, endpoint }
    const app = await startApp(setting)
    try {
      const call = await prepareSigning(client.server, `http://127.0.0.1:${app.port}/uploads`)
      return await runLoad(app, call, seconds(isQuick))
    } finally {
      await app.close()
    }
  },
}
export default scenario
