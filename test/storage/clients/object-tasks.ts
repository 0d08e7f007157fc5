// Buckets, and one object at a time.
import { join } from 'node:path'
import { GetObjectTaggingCommand, HeadBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { objectKeys, unfinishedUploads } from '../../support/bucket-contents.js'
import { refusal, sha256 } from '../s3-replies.js'
import type { Setting } from './client.js'
import { expectObject, putObject, sha256OfFile, smallSize, type Task } from './task.js'

/** More than four parts of 5 MiB. */
const largeSize = 21 * 1024 ** 2
/** Clients must encode it, in URLs and in signatures. */
const key = 'folder/a b+ü & (1).bin'

export const objectTasks: Task[] = [
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

/** S3's ETag of such an object ends in their number. */
async function expectParts({ s3, bucket }: Setting, Key: string, atLeast = 2): Promise<void> {
  const { ETag } = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key }))
  expect(Number(/-(\d+)"$/.exec(ETag ?? '')?.[1])).toBeGreaterThanOrEqual(atLeast)
  expect(await unfinishedUploads(s3.client, bucket)).toEqual([])
}
