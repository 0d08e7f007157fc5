// The built demo as a process of its own, with a data folder of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { residentMiB } from '../support/resident-memory.js'

const main = join(import.meta.dirname, '../../demo/dist/main.js')

export interface DemoProcess {
  /** Where it keeps its objects and its secret. */
  dataFolder: string
  /** Exit code and signal, once it has ended. */
  exit: Promise<unknown[]>
  /** What it has printed so far, to both streams. */
  output(): string
  untilPrinted(text: string): Promise<void>
  /** Ctrl-C sends SIGINT. */
  signal(signal: NodeJS.Signals): void
  /** Resident memory now, in MiB. */
  residentMiB(): Promise<number>
  /** Its embedded store, with all rights. @param endpoint origin of a URL that it has signed or given */
  openEmbeddedS3(endpoint: string): Promise<{ client: S3Client; bucket: string }>
  /** Ends it, if it still runs, and removes its data. */
  end(): Promise<void>
}

/** @param earlier whose data folder it has */
export async function startDemoProcess(
  environment: Record<string, string>,
  earlier?: DemoProcess,
): Promise<DemoProcess> {
  const dataFolder = earlier?.dataFolder ?? (await mkdtemp(join(tmpdir(), 'partway-demo-')))
  const env = { PATH: process.env.PATH, DATA_FOLDER: dataFolder, ...environment }
  const child = spawn(process.execPath, [main], { env })
  let printed = ''
  const exit = once(child, 'exit')
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      child.emit('printed')
    })
  }
  return {
    dataFolder,
    exit,
    output: () => printed,
    async untilPrinted(text) {
      while (!printed.includes(text)) {
        const ended = await Promise.race([once(child, 'printed').then(() => false), exit.then(() => true)])
        if (ended) throw new Error(`the demo ended: ${printed}`)
      }
    },
    signal: (signal) => child.kill(signal),
    residentMiB: () => residentMiB(child.pid),
    async openEmbeddedS3(endpoint) {
      const secretAccessKey = await readFile(join(dataFolder, 'secret'), 'utf8')
      const credentials = { accessKeyId: 'embedded', secretAccessKey }
      const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
      return { client, bucket: 'partway-demo' }
    },
    async end() {
      child.kill('SIGKILL')
      await exit
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
