import { measureEntry, measurePlugin } from '../../packages/plugin-size.js'
import { clients } from '../clients.js'
import type { Scenario } from '../scenario.js'

const measures: Record<string, () => Promise<number>> = {
  [clients.partway.name]: async () => (await measurePlugin())['first load'],
  [clients.awsS3.name]: () => firstLoadOf('@uppy/aws-s3'),
  [clients.tus.name]: () => firstLoadOf('tus-js-client'),
}

async function firstLoadOf(name: string): Promise<number> {
  return (await measureEntry(import.meta.dirname, name))['first load']
}

const scenario: Scenario = {
  name: 'first-load',
  title: 'What a page loads at first',
  about:
    'Minified and gzipped, without `@uppy/core`, as Vite bundles it. What is loaded later, when it is needed, does not count.',
  clients: [clients.awsS3, clients.partway, clients.tus],
  main: 'firstLoadBytes',
  columns: [],
  rounds: { all: 1, quick: 1 },
  async measure(_stage, { name }) {
    return { firstLoadBytes: (await measures[name]?.()) ?? Number.NaN }
  },
}
export default scenario
