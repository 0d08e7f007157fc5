import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchClient, clients } from '../clients.js'
import type { PassedRequest } from '../network/request-reader.js'
import { spreadOf } from '../report/statistics.js'
import { type OpenUpload, runUpload } from '../run/run-upload.js'
import type { Scenario } from '../scenario.js'

const MiB = 1024 ** 2
/** MiB/s, of all connections together. */
const LINES = [0.25, 1, 8, 100]
/** MiB. */
const FILES = [20, 45, 500]
/** Longer nobody watches. */
const WATCH_MS = { partway: 35_000, others: 15_000 }
const EVERY_MS = 50

interface OnLine extends BenchClient {
  rate: number
  size: number
}

const onLines: OnLine[] = [clients.partway, clients.awsS3].flatMap((client) =>
  LINES.flatMap((rate) =>
    FILES.map((size) => ({ ...client, name: `${client.name}, ${size} MiB at ${rate} MiB/s`, rate, size })),
  ),
)

const scenario: Scenario = {
  name: 'reload-loss',
  title: 'What a reload loses',
  about: `In seconds of upload, on the page’s line, at its worst and in the median of all moments of an upload, of which the first ${WATCH_MS.partway / 1000} s are watched: what has come through to S3, and what a page that is loaded again has to send again. For \`partway\` these are the parts that are on their way, or were cut; \`aws-s3\` begins again and loses all, so that it is watched for ${WATCH_MS.others / 1000} s only. Chromium itself limits the line (\`Network.emulateNetworkConditions\`), with a round trip of 40 ms: sockets of the loopback would swallow a whole part at once. Not verified: nobody waits for the end. The app server has just started.`,
  quick: '20 MiB only',
  clients: onLines,
  quickClients: onLines.filter(({ size }) => size === 20),
  isCompared: false,
  main: 'mostLostMs',
  columns: ['lostMs', 'mostLostBytes', 'allMs'],
  rounds: { all: 1, quick: 1 },
  async measure(stage, { name }) {
    const client = onLines.find((one) => one.name === name)
    if (!client) throw new Error(`${name} is on no line`)
    const files = await stage.files([client.size * MiB])
    const upload = { client, network: 'counted', files, warmUps: 0, isWatchedOnly: true } as const
    return (await runUpload(stage, upload, (open) => watch(open, client))).measures
  },
}
export default scenario

async function watch({ page, way: { network } }: OpenUpload, { rate, server }: OnLine) {
  const bytesPerSecond = rate * MiB
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 40,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  })
  const watchMs = server === 'partway' ? WATCH_MS.partway : WATCH_MS.others
  let isOver = false
  const over = () => {
    isOver = true
  }
  const startedAt = Date.now()
  page.evaluate(() => window.runUpload()).then(over, over)
  const lost: number[] = []
  while (!isOver && Date.now() - startedAt < watchMs) {
    await sleep(EVERY_MS)
    const parts = network.s3Requests().filter(({ method }) => method === 'PUT')
    const kept = server === 'partway' ? parts.filter(isWhole) : []
    lost.push(bytesOf(parts) - bytesOf(kept))
  }
  const { median = 0, max = 0 } = spreadOf(lost) ?? {}
  const toMs = (bytes: number) => (bytes / bytesPerSecond) * 1000
  const allMs = Date.now() - startedAt
  return {
    times: { allMs, finishedMs: {}, startedAt },
    more: { lostMs: toMs(median), mostLostMs: toMs(max), mostLostBytes: max },
  }
}

function isWhole({ bodyBytes, length }: PassedRequest): boolean {
  return bodyBytes === length
}

function bytesOf(requests: PassedRequest[]): number {
  return requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
}
