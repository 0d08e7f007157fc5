// The demo on its own embedded store, which is what Break it acts on, and a browser.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { startDemo } from '@partway/demo'
import type { Browser } from 'playwright-core'
import { createFileFolder, type FileFolder } from '../../support/files.js'
import { connectBrowser } from '../../support/shared-browser.js'

export interface EmbeddedDemo {
  address: string
  browser: Browser
  files: FileFolder
  bucket: string
  /** May do everything with the bucket. Goes through what is broken. */
  client: S3Client
  close(): Promise<void>
}

export async function openEmbeddedDemo(): Promise<EmbeddedDemo> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-demo-'))
  const demo = await startDemo({
    port: 0,
    uploadsPerDay: 1000,
    dataFolder,
    siteFolder: join(import.meta.dirname, '../../../demo/dist/site'),
    s3: undefined,
  })
  const endpoint = `http://127.0.0.1:${await readFile(join(dataFolder, 'port'), 'utf8')}`
  const secretAccessKey = await readFile(join(dataFolder, 'secret'), 'utf8')
  const credentials = { accessKeyId: 'embedded', secretAccessKey }
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
  const browser = await connectBrowser()
  const files = await createFileFolder()
  return {
    address: demo.address,
    browser,
    files,
    bucket: 'partway-demo',
    client,
    async close() {
      await browser.close()
      client.destroy()
      await demo.close()
      await files.remove()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
