// The harness with each client, on a few files and the embedded store: that what is measured is an upload that arrives.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BenchClient, clients } from '../clients.js'
import { type BenchStore, openEmbeddedStore } from '../store/bench-store.js'
import { playScenario } from './play-scenario.js'
import { runUpload } from './run-upload.js'
import { openStage, type Stage } from './stage.js'

const SIZES = [10 * 1024, 9 * 1024 ** 2, 1]

let store: BenchStore
let stage: Stage

beforeAll(async () => {
  store = await openEmbeddedStore()
  stage = await openStage(store)
})
afterAll(async () => {
  await stage?.close()
  await store?.close()
})

const measured = Object.values<BenchClient>(clients).filter(({ name }) => name !== clients.partwayHosts.name)

// They wait more than they work.
test.concurrent.for(measured)('$name: all files arrive', async (client, { expect }) => {
  const files = await stage.files(SIZES)
  const { times, measures } = await runUpload(stage, { client, network: 'direct', files })

  expect(Object.keys(times.finishedMs).sort()).toEqual(files.map(({ name }) => name).sort())
  expect(measures).toMatchObject({ allMs: expect.any(Number), pageHeapBytes: expect.any(Number) })
})

test('what warms an app server up is not measured, and leaves nothing', async () => {
  const files = await stage.files(SIZES)
  const warm = { ...stage, warmsApps: true }
  const { measures } = await runUpload(warm, { client: clients.partway, network: 'direct', files })
  expect(measures.appRequests).toBeLessThan(10)
})

test('on the slow line, requests and preflights are counted', async () => {
  const files = await stage.files([10 * 1024, 10 * 1024])
  const put = await runUpload(stage, { client: clients.raw, network: 'wan', files })
  const form = await runUpload(stage, { client: clients.partway, network: 'wan', files })

  expect(put.measures).toMatchObject({
    s3Requests: 2,
    s3Preflights: 2,
    s3Bytes: 2 * 10 * 1024,
  })
  expect(form.measures).toMatchObject({ s3Requests: 2, s3Preflights: 0, appRequests: expect.any(Number) })
})

test('clients take turns; who cannot take part is left out, and a wrong object is a failure', async () => {
  const files = await stage.files([100])
  const unable = { ...clients.partway, name: 'unable', partway: () => ({ partSize: 1 }) }
  const lines: string[] = []
  const played = await playScenario(
    {
      name: 'tiny',
      title: 'Tiny',
      about: '',
      clients: [clients.raw, unable, { ...clients.raw, name: 'wrong' }],
      columns: [],
      measure: async (given, client) => {
        if (client.name === 'raw') return { allMs: 1 }
        // What arrives is not what is expected.
        const sent = client.name === 'wrong' ? files.map((file) => ({ ...file, sha256: 'another' })) : files
        return (await runUpload(given, { client, network: 'direct', files: sent })).measures
      },
    },
    stage,
    { isQuick: true, rounds: 2, log: (line) => lines.push(line) },
  )

  expect(played.measurements.map(({ client, round }) => `${client} ${round}`)).toEqual(['raw 1', 'raw 2'])
  expect(played.skipped).toEqual([{ client: 'unable', why: expect.stringContaining('partSize') }])
  const why = expect.stringContaining('1-100.bin is no file that was uploaded')
  expect(played.failed).toEqual([1, 2].map((round) => ({ client: 'wrong', round, why })))
  expect(lines).toHaveLength(5)
})
