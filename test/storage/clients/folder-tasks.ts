// Many objects at once: a folder of this machine and its copy on the store.
import { appendFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { objectKeys } from '../../support/bucket-contents.js'
import { type FileFolder, type SourceFile, sha256OfObject } from '../../support/files.js'
import type { Setting } from './client.js'
import { expectObject, putObject, sha256OfFile, smallSize, type Task } from './task.js'

export const folderTasks: Task[] = [
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
]

/** Files by their path in the folder. */
async function makeFolder(files: FileFolder): Promise<Map<string, SourceFile>> {
  await mkdir(join(files.path, 'deeper'))
  const names = ['one', 'deeper/two', 'deeper/three']
  const made = new Map<string, SourceFile>()
  for (const name of names) made.set(name, await files.create(name, smallSize))
  return made
}

async function modified({ s3, bucket }: Setting): Promise<Map<string, Date>> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucket }))
  return new Map(Contents.map(({ Key = '', LastModified = new Date(0) }) => [Key, LastModified]))
}
