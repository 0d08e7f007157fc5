// Clients of S3 as they come, against the store: each does what it can do of the same tasks, and each object that it makes is
// read back. `CLIENTS_TABLE=write` writes the table of the store's README.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import { createFileFolder, type FileFolder } from '../../support/files.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { awsS3 } from './aws-s3.js'
import { awsS3api } from './aws-s3api.js'
import { awsSdk } from './aws-sdk.js'
import { boto3 } from './boto3.js'
import type { Operations, Setting } from './client.js'
import { type ClientColumn, writeClientsTable } from './clients-table.js'
import { curlClient } from './curl.js'
import { folderTasks } from './folder-tasks.js'
import { minioClient } from './minio-client.js'
import { objectTasks } from './object-tasks.js'
import { rcloneClient } from './rclone.js'
import { s3cmdClient } from './s3cmd.js'
import { s3mini } from './s3mini.js'

/** Rows of the table. */
const tasks = [...objectTasks, ...folderTasks]
const clients = [
  awsS3,
  awsS3api,
  boto3,
  awsSdk,
  s3cmdClient,
  rcloneClient,
  minioClient,
  curlClient,
  s3mini,
].map((client) => ({
  ...client,
  title: client.missing ? `${client.name} (SKIPPED: ${client.missing})` : client.name,
}))
// The names of skipped tests are not printed.
for (const { missing, title } of clients) if (missing) console.warn(title)

let s3: S3UnderTest
beforeAll(async () => {
  s3 = await openS3()
})

const columns: ClientColumn[] = []
afterAll(async () => {
  await s3?.close()
  if (process.env.CLIENTS_TABLE) await writeClientsTable(columns, tasks)
})

describe.each(clients.map((client) => [client.title, client] as const))('%s', (_, client) => {
  const column: ClientColumn = { name: client.name, missing: client.missing, version: '', results: new Map() }
  columns.push(column)

  describe.skipIf(client.missing)('', () => {
    let at: Setting
    let files: FileFolder
    beforeEach(async () => {
      const home = await mkdtemp(join(tmpdir(), 'partway-client-'))
      at = { s3, bucket: await createBucket(s3.client), home }
      files = await createFileFolder()
      await client.configure?.(at)
      column.version ||= await client.version(home)
    })
    afterEach(async ({ task }) => {
      column.results.set(task.name, task.result?.state === 'fail' ? 'failed' : 'passed')
      await files.remove()
      await rm(at.home, { recursive: true, force: true })
    })

    const possible = tasks.filter(({ needs }) => needs.every((name) => client.operations[name]))
    test.each(possible.map((task) => [task.title, task] as const))('%s', async (_, { run }) => {
      await run(client.operations as Required<Operations>, at, files)
    })
  })
})
