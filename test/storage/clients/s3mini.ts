// s3mini, a small client for Node and edge runtimes.
import { openAsBlob } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Client, Setting } from './client.js'

/** What is used of it. */
interface S3mini {
  createBucket(): Promise<boolean>
  putObject(key: string, data: Uint8Array): Promise<unknown>
  putAnyObject(key: string, data: Blob): Promise<unknown>
  getObjectArrayBuffer(key: string): Promise<ArrayBuffer | null>
  listObjects(): Promise<unknown[] | null>
  copyObject(from: string, to: string): Promise<unknown>
  moveObject(from: string, to: string): Promise<unknown>
  deleteObject(key: string): Promise<boolean>
  getPresignedUrl(method: 'GET', key: string): Promise<string>
}
interface S3miniModule {
  S3mini: new (options: {
    endpoint: string
    region: string
    accessKeyId: string
    secretAccessKey: string
    minPartSize: number
  }) => S3mini
}

// Not a literal, as it may not be installed: then its types are missing, too.
const packageName: string = 's3mini'
const module = (await import(packageName).catch(() => undefined)) as S3miniModule | undefined

function connect({ s3, bucket }: Setting): S3mini {
  if (!module) throw new Error('s3mini is not installed')
  const { endpoint, region, credentials } = s3
  return new module.S3mini({
    endpoint: `${endpoint}/${bucket}`,
    region,
    ...credentials,
    minPartSize: 5 * 1024 * 1024,
  })
}

export const s3mini: Client = {
  name: 's3mini',
  missing: module ? undefined : 's3mini is not installed',
  version: async () => createRequire(import.meta.url)(`${packageName}/package.json`).version,
  operations: {
    makeBucket: async (at, bucket) => connect({ ...at, bucket }).createBucket(),
    upload: async (at, path, key) => connect(at).putObject(key, await readFile(path)),
    uploadInParts: async (at, path, key) => connect(at).putAnyObject(key, await openAsBlob(path)),
    download: async (at, key, path) => {
      const data = await connect(at).getObjectArrayBuffer(key)
      if (!data) throw new Error(`${key} is missing`)
      await writeFile(path, Buffer.from(data))
    },
    list: async (at) => JSON.stringify(await connect(at).listObjects()),
    copy: async (at, from, to) => connect(at).copyObject(from, to),
    move: async (at, from, to) => connect(at).moveObject(from, to),
    remove: async (at, key) => connect(at).deleteObject(key),
    presign: async (at, key) => connect(at).getPresignedUrl('GET', key),
  },
}
