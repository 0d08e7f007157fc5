// The embedded S3 store: one process, one account, files in a folder.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.js'
import { startLifecycle } from './lifecycle.js'
import { Buckets } from './state/buckets.js'
import { lockFolder } from './state/folder-lock.js'

export interface StoreOptions {
  /** Folder of buckets, objects and unfinished uploads; made if missing. For one store at a time. */
  dataFolder: string
  /** @default 0, any free port */
  port?: number
  /** @default '127.0.0.1' */
  host?: string
  /** The region that requests must be signed for. @default 'us-east-1' */
  region?: string
  accessKeyId: string
  secretAccessKey: string
  /** Makes the keys temporary credentials, which are good only with this token. */
  sessionToken?: string
  /** A subdomain of one is a bucket, at any port; at other hosts the path names it. @default ['localhost', 's3.localhost'] */
  domains?: string[]
}

export interface Store {
  /** `http://HOST:PORT`. */
  endpoint: string
  /** Ends all connections, and returns after the last write. */
  close(): Promise<void>
}

/**
 * Starts an S3 service on the data folder, with all that an earlier one left there. Moves what it cannot read to `set-aside/`
 * in that folder, and logs it.
 * @throws FolderInUseError while another store has the folder
 */
export async function startStore(options: StoreOptions): Promise<Store> {
  const unlock = await lockFolder(options.dataFolder)
  try {
    return await openStore(options, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

async function openStore(
  {
    dataFolder,
    port = 0,
    host = '127.0.0.1',
    region = 'us-east-1',
    accessKeyId,
    secretAccessKey,
    sessionToken,
    domains = ['localhost', 's3.localhost'],
  }: StoreOptions,
  unlock: () => Promise<void>,
): Promise<Store> {
  const buckets = await Buckets.open(dataFolder)
  const account = {
    ...{ accessKeyId, secretAccessKey, region },
    ...(sessionToken !== undefined && { sessionToken }),
  }
  const handle = createApp(buckets, account, domains).callback()
  const running = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    const done = handle(request, response).finally(() => running.delete(done))
    running.add(done)
  })
  // A part may take long on a slow connection; Node would end it after five minutes.
  server.requestTimeout = 0
  // Clients keep connections for later parts; ending them early costs each a retry.
  server.keepAliveTimeout = 60_000
  server.listen(port, host)
  await once(server, 'listening')
  const stopLifecycle = await startLifecycle(buckets)
  const { address, family, port: openedPort } = server.address() as AddressInfo
  return {
    endpoint: `http://${family === 'IPv6' ? `[${address}]` : address}:${openedPort}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await Promise.all([once(server, 'close'), stopLifecycle(), ...running])
      await unlock()
    },
  }
}
