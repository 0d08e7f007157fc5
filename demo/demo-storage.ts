// The S3 service that the demo uses: its embedded store, or one that runs elsewhere.
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { FolderInUseError, type Store, type StoreOptions, startStore } from '@partway/store'
import type { BreakIt } from './break-it/break-it.js'
import type { PathToS3 } from './break-it/path-to-s3.js'
import { DemoError } from './demo-error.js'
import { keepPort, keptPort } from './kept-data.js'
import { prepareBucket } from './prepare-bucket.js'
import type { ExternalS3 } from './settings.js'

export interface DemoStorage {
  client: S3Client
  bucket: string
  uploadOrigin: string
  /** For the console. */
  description: string
  /** Of the embedded store. */
  breakIt?: BreakIt
  close(): Promise<void>
}

export async function useExternalS3(s3: ExternalS3, origins: string[]): Promise<DemoStorage> {
  const { bucket, region, endpoint, credentials, forcePathStyle } = s3
  const client = new S3Client({
    region,
    forcePathStyle,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  })
  await prepareBucket(client, bucket, origins)
  const host = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  return {
    client,
    bucket,
    uploadOrigin: forcePathStyle ? host.origin : `${host.protocol}//${bucket}.${host.host}`,
    description: `the bucket "${bucket}" at ${host.origin}`,
    close: async () => client.destroy(),
  }
}

export interface EmbeddedS3Options {
  dataFolder: string
  /** Address that browsers reach it by. Its URL is of this machine all the same. */
  host: string
  /** 0: that of the last run, or any free one. */
  port: number
  /** Also the store's secret access key. */
  secret: string
  /** Origins of the demo's page. */
  origins: string[]
  breakIt: BreakIt
}

export async function startEmbeddedS3(options: EmbeddedS3Options): Promise<DemoStorage> {
  const { dataFolder, host, port, secret, origins, breakIt } = options
  const bucket = 'partway-demo'
  const region = 'us-east-1'
  const credentials = { accessKeyId: 'embedded', secretAccessKey: secret }
  const { store, folder, description } = await startStoreIn(dataFolder, { region, ...credentials })
  const path = await openPath(folder, port, (port) =>
    breakIt.openPathToS3({ target: store.endpoint, host, port }),
  ).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const { endpoint } = path
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  await prepareBucket(client, bucket, origins, true)
  return {
    client,
    bucket,
    uploadOrigin: endpoint,
    description,
    breakIt,
    async close() {
      client.destroy()
      breakIt.close()
      await path.close()
      await store.close()
    },
  }
}

/** A second demo on the same data folder uses its own folder within: `demo-2`, and so on. */
async function startStoreIn(
  dataFolder: string,
  options: Omit<StoreOptions, 'dataFolder'>,
): Promise<{ store: Store; folder: string; description: string }> {
  let reason = ''
  for (let number = 1; ; number++) {
    const folder = number === 1 ? dataFolder : join(dataFolder, `demo-${number}`)
    const s3Folder = join(folder, 's3')
    try {
      const store = await startStore({ ...options, dataFolder: s3Folder })
      return { store, folder, description: `embedded, files in ${s3Folder}${reason}` }
    } catch (error) {
      if (!(error instanceof FolderInUseError)) throw error
      reason ||= `, as another demo (process ${error.pid}) uses ${error.folder}`
    }
  }
}

type OpenPath = (port: number) => Promise<PathToS3>

/** Pages open before a restart need the same port: their signed URLs and their Content-Security-Policy name it. */
async function openPath(dataFolder: string, port: number, open: OpenPath): Promise<PathToS3> {
  const path = await open(port || (await keptPort(dataFolder))).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    if (port === 0) return open(0)
    throw new DemoError(`Port ${port} is taken. Choose another: STORE_PORT=${port + 1}`, { cause: error })
  })
  await keepPort(dataFolder, Number(new URL(path.endpoint).port))
  return path
}
