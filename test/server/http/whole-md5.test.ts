// Files that go in one request, whose MD5 the page has told: other bytes are refused by S3, or else by `/complete`.
import { createHash } from 'node:crypto'
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Grant } from '@partway/koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { openApp, sendForm } from '../native-client.js'
import { listContents, readObject, sha256 } from '../s3-contents.js'
import { post } from '../serve.js'

const bytes = Buffer.from('what the user picked')
const others = Buffer.from('what arrived instead')
const md5 = createHash('md5').update(bytes).digest('base64')
const file = { name: 'note.txt', type: 'text/plain', size: bytes.length, md5 }
let s3: S3UnderTest

beforeAll(async () => {
  s3 = await openS3()
})
afterAll(async () => {
  await s3.close()
})

async function send(grant: Grant, body: Uint8Array): Promise<number> {
  if (grant.kind !== 'put') return await sendForm(grant, body)
  return (await fetch(grant.url, { method: 'PUT', headers: grant.headers, body: body as BodyInit })).status
}

/** Other bytes under the same key, as those of the upload. */
async function replace(bucket: string, { key }: Grant): Promise<void> {
  const object = { Bucket: bucket, Key: key }
  const { Metadata } = await s3.client.send(new HeadObjectCommand(object))
  await s3.client.send(new PutObjectCommand({ ...object, Body: others, Metadata }))
}

async function begin(singleUpload: 'form' | 'put') {
  const app = await openApp(s3, { singleUpload })
  const [grant] = await app.create(file)
  if (!grant) throw new Error('nothing was granted')
  return { ...app, grant }
}

describe.each(['form', 'put'] as const)('by %s', (singleUpload) => {
  test('the right bytes are taken', async () => {
    const { bucket, complete, grant } = await begin(singleUpload)
    expect(await send(grant, bytes)).toBeLessThan(300)
    expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
    expect(await readObject(s3.client, bucket, grant.key)).toMatchObject({ sha256: sha256(bytes) })
  })

  test(`other bytes are refused by S3 (${singleUpload === 'form' ? 'not by Ceph 18, which ignores the field' : 'all stores'})`, async () => {
    const { bucket, complete, grant } = await begin(singleUpload)
    const status = await send(grant, others)
    if (s3.name === 'embedded' || singleUpload === 'put') expect(status).toBe(400)
    expect(await complete(grant.ticket)).toMatchObject([{ code: 'object_missing' }])
    expect((await listContents(s3.client, bucket)).objects).toEqual([])
  })

  test('other bytes that S3 has all the same are deleted, and the file can be sent again', async () => {
    const { bucket, complete, grant } = await begin(singleUpload)
    await send(grant, bytes)
    await replace(bucket, grant)
    expect(await complete(grant.ticket)).toMatchObject([
      { code: 'object_missing', error: expect.stringContaining('not the content of the file') },
    ])
    expect((await listContents(s3.client, bucket)).objects).toEqual([])
    await send(grant, bytes)
    expect(await complete(grant.ticket)).toMatchObject([{ size: bytes.length }])
  })
})

test('many in one call are compared with one list', async () => {
  const { bucket, create, complete } = await openApp(s3)
  const grants = await create(...Array.from({ length: 6 }, () => file))
  for (const grant of grants) await send(grant, bytes)
  const [wrong, ...right] = grants
  if (wrong) await replace(bucket, wrong)
  const outcomes = await complete(...grants.map(({ ticket }) => ticket))
  expect(outcomes.slice(1)).toEqual(
    right.map(({ key }) => expect.objectContaining({ key, size: bytes.length })),
  )
  expect(outcomes[0]).toMatchObject({ code: 'object_missing' })
})

test.each(['', 'abc', md5.slice(0, -1), `${md5}=`, md5.replace('==', 'A='), 7, null, { md5 }])(
  'an MD5 of %j is refused',
  async (wrong) => {
    const { host } = await openApp(s3)
    const { body } = await post(`${host.origin}/uploads/create`, { files: [{ ...file, md5: wrong }] })
    expect(body).toMatchObject({ code: 'invalid_request', field: 'files[0].md5' })
  },
)

test('a file in parts, whose MD5 was told, is uploaded as without', async () => {
  const { create } = await openApp(s3)
  expect(await create({ ...file, size: 20 * 1024 ** 2 })).toMatchObject([{ kind: 'multipart' }])
})
