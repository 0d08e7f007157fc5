// What each client is asked to do, and what must come of it. A row of the table in the store's README.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { type FileFolder, pseudoRandomBytes, type SourceFile, sha256OfObject } from '../../support/files.js'
import { refusal } from '../s3-replies.js'
import type { Operations, Setting } from './client.js'

export interface Task {
  title: string
  /** Clients that cannot do them are not asked. */
  needs: (keyof Operations)[]
  run(client: Required<Operations>, at: Setting, files: FileFolder): Promise<void>
}

const smallSize = 100_000
/** More than four parts of 5 MiB. */
const largeSize = 21 * 1024 ** 2
/** Clients must encode it, in URLs and in signatures. */
const key = 'folder/a b+ü & (1).bin'

export const tasks: Task[] = [
  {
    title: 'make, list and remove a bucket',
    needs: ['makeBucket', 'listBuckets', 'removeBucket'],
    async run(client, at) {
      const Bucket = `${at.bucket}-2`
      await client.makeBucket(at, Bucket)
      expect(await client.listBuckets(at)).toContain(Bucket)
      await client.removeBucket(at, Bucket)
      const { status } = await refusal(at.s3.client.send(new HeadBucketCommand({ Bucket })))
      expect(status).toBe(404)
    },
  },
  {
    title: 'upload a file',
    needs: ['upload'],
    async run(client, at, files) {
      const file = await files.create('file', smallSize)
      await client.upload(at, file.path, key)
      await expectObject(at, key, file.sha256)
    },
  },
  {
    title: 'upload an empty file',
    needs: ['upload'],
    async run(client, at, files) {
      const file = await files.create('empty', 0)
      await client.upload(at, file.path, key)
      await expectObject(at, key, file.sha256)
    },
  },
  {
    title: 'upload a file in parts',
    needs: ['uploadInParts'],
    async run(client, at, files) {
      const file = await files.create('large', largeSize)
      await client.uploadInParts(at, file.path, key)
      await expectObject(at, key, file.sha256)
      await expectParts(at, key)
    },
  },
  {
    title: 'upload from a pipe, in parts',
    needs: ['uploadPiped'],
    async run(client, at, files) {
      const file = await files.create('piped', largeSize)
      await client.uploadPiped(at, file.path, key)
      await expectObject(at, key, file.sha256)
      // Some take large parts, as they cannot know how many there will be.
      await expectParts(at, key, 1)
    },
  },
  {
    title: 'download a file',
    needs: ['download'],
    async run(client, at) {
      const stored = await putObject(at, key)
      const path = join(at.home, 'downloaded')
      await client.download(at, key, path)
      expect(await sha256OfFile(path)).toBe(stored)
    },
  },
  {
    title: 'list',
    needs: ['list'],
    async run(client, at) {
      await putObject(at, 'folder/one')
      await putObject(at, 'folder/deeper/two')
      const printed = await client.list(at)
      expect(printed).toContain('folder/one')
      expect(printed).toContain('folder/deeper/two')
    },
  },
  {
    title: 'copy on the store',
    needs: ['copy'],
    async run(client, at) {
      const stored = await putObject(at, key)
      await client.copy(at, key, 'copy')
      await expectObject(at, 'copy', stored)
      await expectObject(at, key, stored)
    },
  },
  {
    title: 'copy on the store in parts',
    needs: ['copyInParts'],
    async run(client, at) {
      const stored = await putObject(at, 'source', largeSize)
      await client.copyInParts(at, 'source', 'copy')
      await expectObject(at, 'copy', stored)
      await expectParts(at, 'copy')
    },
  },
  {
    title: 'move',
    needs: ['move'],
    async run(client, at) {
      const stored = await putObject(at, 'source')
      await client.move(at, 'source', 'moved/target')
      expect(await objectKeys(at.s3.client, at.bucket)).toEqual(['moved/target'])
      await expectObject(at, 'moved/target', stored)
    },
  },
  {
    title: 'remove an object',
    needs: ['remove'],
    async run(client, at) {
      await putObject(at, key)
      await putObject(at, 'kept')
      await client.remove(at, key)
      expect(await objectKeys(at.s3.client, at.bucket)).toEqual(['kept'])
    },
  },
  {
    title: 'remove a folder',
    needs: ['removeFolder'],
    async run(client, at) {
      for (const key of ['folder/one', 'folder/deeper/two', 'kept']) await putObject(at, key)
      await client.removeFolder(at, 'folder')
      expect(await objectKeys(at.s3.client, at.bucket)).toEqual(['kept'])
    },
  },
  {
    title: 'sync a folder to the store, and again',
    needs: ['syncUp'],
    async run(client, at, files) {
      const sources = await makeFolder(files)
      await client.syncUp(at, files.path, 'synced')
      for (const [name, file] of sources) await expectObject(at, `synced/${name}`, file.sha256)
      const first = await modified(at)
      await client.syncUp(at, files.path, 'synced')
      expect(await modified(at)).toEqual(first)
      await rm(join(files.path, 'one'))
      await appendFile(join(files.path, 'deeper/two'), 'more')
      await client.syncUp(at, files.path, 'synced')
      const later = await modified(at)
      expect([...later.keys()]).toEqual(['synced/deeper/three', 'synced/deeper/two'])
      expect(later.get('synced/deeper/three')).toEqual(first.get('synced/deeper/three'))
      const changed = await sha256OfFile(join(files.path, 'deeper/two'))
      expect(await sha256OfObject(at.s3.client, at.bucket, 'synced/deeper/two')).toBe(changed)
    },
  },
  {
    title: 'sync a folder from the store',
    needs: ['syncDown'],
    async run(client, at) {
      const names = ['one', 'deeper/two', 'deeper/three']
      const sources = new Map<string, string>()
      for (const name of names) sources.set(name, await putObject(at, `synced/${name}`))
      const folder = join(at.home, 'synced')
      await mkdir(folder)
      await client.syncDown(at, 'synced', folder)
      const found = await readdir(folder, { recursive: true, withFileTypes: true })
      const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
      expect(paths.map((path) => relative(folder, path)).sort()).toEqual(names.toSorted())
      for (const [name, stored] of sources) expect(await sha256OfFile(join(folder, name))).toBe(stored)
    },
  },
  {
    title: 'check a folder against the store',
    needs: ['syncUp', 'check'],
    async run(client, at, files) {
      await makeFolder(files)
      await client.syncUp(at, files.path, 'checked')
      await client.check(at, files.path, 'checked')
      const Body = Buffer.alloc(smallSize)
      await at.s3.client.send(new PutObjectCommand({ Bucket: at.bucket, Key: 'checked/one', Body }))
      await expect(client.check(at, files.path, 'checked')).rejects.toThrow()
    },
  },
  {
    title: 'tag an object',
    needs: ['tag'],
    async run(client, at) {
      await putObject(at, 'tagged')
      await client.tag(at, 'tagged', 'colour', 'green')
      const { TagSet } = await at.s3.client.send(
        new GetObjectTaggingCommand({ Bucket: at.bucket, Key: 'tagged' }),
      )
      expect(TagSet).toEqual([{ Key: 'colour', Value: 'green' }])
    },
  },
  {
    title: 'presign a download',
    needs: ['presign'],
    async run(client, at) {
      const stored = await putObject(at, key)
      const answer = await fetch(await client.presign(at, key))
      expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(stored)
    },
  },
  {
    title: 'presign a form, and send it',
    needs: ['uploadForm'],
    async run(client, at, files) {
      const file = await files.create('form', smallSize)
      await client.uploadForm(at, file.path, 'folder/form')
      await expectObject(at, 'folder/form', file.sha256)
    },
  },
]

/** Puts an object with this project's own client. @returns the SHA-256 of its bytes */
async function putObject({ s3, bucket }: Setting, Key: string, size = smallSize): Promise<string> {
  const Body = Buffer.concat([...pseudoRandomBytes(Key, size)])
  await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))
  return sha256(Body)
}

/** Files by their path in the folder. */
async function makeFolder(files: FileFolder): Promise<Map<string, SourceFile>> {
  await mkdir(join(files.path, 'deeper'))
  const names = ['one', 'deeper/two', 'deeper/three']
  const made = new Map<string, SourceFile>()
  for (const name of names) made.set(name, await files.create(name, smallSize))
  return made
}

async function expectObject({ s3, bucket }: Setting, key: string, hash: string): Promise<void> {
  expect(await sha256OfObject(s3.client, bucket, key)).toBe(hash)
}

/** S3's ETag of such an object ends in their number. */
async function expectParts({ s3, bucket }: Setting, Key: string, atLeast = 2): Promise<void> {
  const { ETag } = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key }))
  expect(Number(/-(\d+)"$/.exec(ETag ?? '')?.[1])).toBeGreaterThanOrEqual(atLeast)
  expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
}

async function modified({ s3, bucket }: Setting): Promise<Map<string, Date>> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucket }))
  return new Map(Contents.map(({ Key = '', LastModified = new Date(0) }) => [Key, LastModified]))
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
