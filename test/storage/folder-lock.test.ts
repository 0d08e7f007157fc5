// The embedded store only: one store at a time has a folder, and a crash frees it.
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { FolderInUseError, type Store, startStore } from '@partway/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectClient, credentials, forkStore } from './embedded-store.js'
import { sha256, someBytes } from './s3-replies.js'

let dataFolder = ''
let stores: Store[] = []
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'partway-lock-'))
})
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()))
  stores = []
  await rm(dataFolder, { recursive: true, force: true })
})

async function start(folder = dataFolder): Promise<Store> {
  const store = await startStore({ dataFolder: folder, ...credentials })
  stores.push(store)
  return store
}

test('a second store is refused, and takes nothing of what the first is receiving', async () => {
  const client = connectClient((await start()).endpoint)
  const target = { Bucket: 'locked', Key: 'received' }
  await client.send(new CreateBucketCommand(target))
  const bytes = someBytes(100_000)
  const url = await getSignedUrl(client, new PutObjectCommand(target))
  const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': bytes.length } })
  const replied = new Promise<number | undefined>((resolve, reject) => {
    request.on('error', reject).on('response', (reply) => resolve(reply.resume().statusCode))
  })
  request.write(bytes.subarray(0, 50_000))
  const data = join(dataFolder, 'buckets', 'locked', 'data')
  await expect.poll(() => readdir(data)).toHaveLength(1)

  const refused = start()
  await expect(refused).rejects.toThrow(FolderInUseError)
  await expect(refused).rejects.toMatchObject({ code: 'folder_in_use', pid: process.pid, folder: dataFolder })

  request.end(bytes.subarray(50_000))
  expect(await replied).toBe(200)
  const { Body } = await client.send(new GetObjectCommand(target))
  expect(sha256((await Body?.transformToByteArray()) ?? Buffer.of())).toBe(sha256(bytes))
  client.destroy()
})

test('the owner is another process, and is named', async () => {
  const other = await forkStore(dataFolder)
  await expect(start()).rejects.toThrow(`Process ${other.process.pid} uses ${dataFolder}.`)
  await other.kill()
})

test('of many at once at most one has it', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => start()))
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(FolderInUseError)
  }
})

test('close gives it back, and so does a start that fails', async () => {
  const store = await start()
  await expect(
    startStore({
      dataFolder: join(dataFolder, 'other'),
      ...credentials,
      port: Number(new URL(store.endpoint).port),
    }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await start(join(dataFolder, 'other'))
  await store.close()
  stores.splice(0, 1)
  await start()
})

test('a crash frees it, also when the process id is that of a living process by now', async () => {
  await (await forkStore(dataFolder)).kill()
  const lock = join(dataFolder, 'lock')
  const [left = ''] = await readdir(lock)
  await rename(join(lock, left), join(lock, left.replace(/^\d+/, `${process.pid}`)))
  await start()
  expect(await readdir(lock)).toHaveLength(1)
})

test('a path that is too long for a socket is refused with what to do', async () => {
  const folder = join(dataFolder, 'a'.repeat(100))
  await expect(start(folder)).rejects.toThrow(
    'is too long for a lock. Choose a data folder with a shorter path.',
  )
})
