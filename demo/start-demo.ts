// The whole demo in one process: the S3 service (embedded, or one that runs elsewhere) and the host app.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { createApp } from './app.js'
import { DemoError } from './demo-error.js'
import { keepPort, keepSecret, keptPort } from './kept-data.js'
import { prepareBucket } from './prepare-bucket.js'
import type { ExternalS3, Settings } from './settings.js'
import { type Store, type StoreOptions, startStore } from './storage/index.js'

export interface DemoOptions extends Settings {
  /** The built page. */
  siteFolder: string
}

export interface Demo {
  /** Where to open the page. */
  address: string
  /** What the S3 service is, for people. */
  s3Description: string
  close(): Promise<void>
}

export async function startDemo({ port, s3, dataFolder, siteFolder }: DemoOptions): Promise<Demo> {
  const secret = await keepSecret(dataFolder)
  const server = await listen(port)
  const { port: openedPort } = server.address() as AddressInfo
  const origins = [`http://localhost:${openedPort}`, `http://127.0.0.1:${openedPort}`]
  try {
    const storage = s3 ? await useExternalS3(s3, origins) : await startEmbeddedS3(dataFolder, secret, origins)
    const { app, close: closeApp } = createApp({ ...storage, secret, siteFolder })
    server.off('request', askToComeAgain).on('request', app.callback())
    return {
      address: `http://localhost:${openedPort}`,
      s3Description: storage.description,
      async close() {
        // Whoever presses Ctrl-C does not wait for a page that reads slowly.
        await Promise.race([closeApp(), delay(5000, undefined, { ref: false })])
        server.close()
        server.closeAllConnections()
        await once(server, 'close')
        await storage.close()
      },
    }
  } catch (error) {
    server.close()
    throw error
  }
}

/** For pages that were open before a restart and call while the app is not there yet. */
const askToComeAgain: RequestListener = (_, response) => {
  response.writeHead(503, { 'retry-after': '1' }).end()
}

async function listen(port: number): Promise<Server> {
  const server = createServer(askToComeAgain)
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code
    if (reason === 'EADDRINUSE') {
      throw new DemoError(`Port ${port} is taken. Choose another: PORT=${port + 1} npm start`, {
        cause: error,
      })
    }
    if (reason === 'EACCES') {
      throw new DemoError(`Port ${port} needs more rights. Choose another: PORT=3000 npm start`, {
        cause: error,
      })
    }
    throw error
  }
}

interface Storage {
  client: S3Client
  bucket: string
  uploadOrigin: string
  description: string
  close(): Promise<void>
}

async function useExternalS3(s3: ExternalS3, origins: string[]): Promise<Storage> {
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

/** Pages that were open before a restart go on: their signed URLs and their Content-Security-Policy name the port. */
async function startOnKeptPort(
  dataFolder: string,
  options: Omit<StoreOptions, 'dataFolder'>,
): Promise<Store> {
  const start = (port: number) => startStore({ ...options, port, dataFolder: join(dataFolder, 's3') })
  const store = await start(await keptPort(dataFolder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return start(0)
  })
  await keepPort(dataFolder, Number(new URL(store.endpoint).port))
  return store
}

async function startEmbeddedS3(dataFolder: string, secret: string, origins: string[]): Promise<Storage> {
  const bucket = 'partway-demo'
  const region = 'us-east-1'
  const credentials = { accessKeyId: 'embedded', secretAccessKey: secret }
  const store = await startOnKeptPort(dataFolder, { region, ...credentials })
  const client = new S3Client({ endpoint: store.endpoint, region, credentials, forcePathStyle: true })
  await prepareBucket(client, bucket, origins, true)
  return {
    client,
    bucket,
    uploadOrigin: store.endpoint,
    description: `embedded, files in ${join(dataFolder, 's3')}`,
    async close() {
      client.destroy()
      await store.close()
    },
  }
}
