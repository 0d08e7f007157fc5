// The store from its tarball, in a project of its own: npm installs it, TypeScript checks it, and it keeps an object.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFileFolder, type FileFolder, sha256OfObject } from '../support/files.js'
import { startProcess } from '../support/start-process.js'
import { pack } from './pack.js'
import { createProject, type Project } from './project.js'
import { compile, type Resolution } from './type-check.js'

let folder: string
let project: Project
let files: FileFolder
/** What TypeScript has to say. */
let said: Record<Resolution, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-packages-'))
  const sources = join(import.meta.dirname, 'store')
  project = await createProject(sources, [await pack('demo/storage', folder)], ['@types/node'])
  files = await createFileFolder()
  const bundler = await compile(project.folder, 'start.ts', 'bundler', [])
  said = { bundler, node16: await compile(project.folder, 'start.ts', 'node16', []) }
})
afterAll(async () => {
  await project?.remove()
  await files?.remove()
  await rm(folder, { recursive: true, force: true })
})

test.each(['bundler', 'node16'] as const)('its types under moduleResolution %s', (resolution) => {
  expect(said[resolution]).toBe('')
})

test.each([
  ['the command', 'npx --offline @partway/store --data data --port 0'],
  ['startStore', 'node start.js'],
])('%s: an object comes back as it was', async (name, line) => {
  const [program = '', ...args] = line.split(' ')
  const env = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'own-secret' }
  const store = startProcess(program, args, { cwd: project.folder, env })
  const [, endpoint = ''] = await store.untilPrinted(/^S3: (\S+),/m)
  const credentials = { accessKeyId: 'own', secretAccessKey: 'own-secret' }
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
  const source = await files.create(name, 100_000)
  const object = { Bucket: 'media', Key: name, Body: await readFile(source.path) }
  await client.send(new CreateBucketCommand({ Bucket: 'media' }))
  await client.send(new PutObjectCommand(object))
  expect(await sha256OfObject(client, 'media', name)).toBe(source.sha256)
  client.destroy()
  await store.end()
})
