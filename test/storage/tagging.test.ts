import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { outcome, refusal, sendPart } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const Bucket = await createBucket(client)
const Key = 'tagged'
afterAll(() => s3.close())

const two = [
  { Key: 'Hello', Value: 'World' },
  { Key: 'path', Value: 'a/b c+d=e:f@g_h.i-j' },
]

const put = (Tagging?: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging }))
const putTags = (TagSet: Tag[], key = Key) =>
  client.send(new PutObjectTaggingCommand({ Bucket, Key: key, Tagging: { TagSet } }))

async function getTags(key = Key): Promise<Tag[] | undefined> {
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: key }))
  return TagSet
}

describe('tags of an object', () => {
  beforeEach(() => put())

  test('are put, replaced and deleted', async () => {
    expect(await getTags()).toEqual([])
    await putTags(two)
    expect(await getTags()).toEqual(two)
    await putTags(two.toReversed())
    expect(await getTags()).toEqual(two)
    await putTags([{ Key: 'only', Value: '' }])
    expect(await getTags()).toEqual([{ Key: 'only', Value: '' }])
    const { $metadata } = await client.send(new DeleteObjectTaggingCommand({ Bucket, Key }))
    expect($metadata.httpStatusCode).toBe(204)
    expect(await getTags()).toEqual([])
  })

  test('leave bytes, ETag and date as they were', async () => {
    const { ETag, LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key }))
    await putTags(two)
    const reply = await client.send(new GetObjectCommand({ Bucket, Key }))
    expect(await reply.Body?.transformToString()).toBe('x')
    expect({ ETag: reply.ETag, LastModified: reply.LastModified }).toEqual({ ETag, LastModified })
  })

  test('are counted by GET and HEAD (Ceph 18: by GET, also if there are none)', async () => {
    await putTags(two)
    const { TagCount } = await client.send(new GetObjectCommand({ Bucket, Key }))
    expect(TagCount).toBe(2)
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }))
    if (!onCeph) expect(head.TagCount).toBe(2)
    await putTags([])
    const { TagCount: none } = await client.send(new GetObjectCommand({ Bucket, Key }))
    expect(none).toBe(onCeph ? 0 : undefined)
  })

  test('go with the object that is replaced', async () => {
    await putTags(two)
    await put()
    expect(await getTags()).toEqual([])
  })

  test('of no object: NoSuchKey', async () => {
    const noSuchKey = { code: 'NoSuchKey', status: 404 }
    expect(await refusal(getTags('absent'))).toEqual(noSuchKey)
    expect(await refusal(putTags(two, 'absent'))).toEqual(noSuchKey)
  })
})

describe('limits of tags', () => {
  beforeEach(() => put())
  const key = 'k'.repeat(128)
  const value = 'v'.repeat(256)

  test('ten tags with keys of 128 and values of 256 characters', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => ({ Key: `${index}${key.slice(1)}`, Value: value }))
    await putTags(ten)
    const kept = await getTags()
    expect(kept?.toSorted((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1))).toEqual(ten)
    const eleven = [...ten, { Key: 'more', Value: '' }]
    // Ceph calls it InvalidTag.
    const code = onCeph ? 'InvalidTag' : 'BadRequest'
    expect(await refusal(putTags(eleven))).toEqual({ code, status: 400 })
    expect(await getTags()).toHaveLength(10)
  })

  test.each<[string, Tag[]]>([
    ['a key of 129 characters', [{ Key: `${key}x`, Value: '' }]],
    ['a value of 257 characters', [{ Key: 'a', Value: `${value}x` }]],
  ])('%s is InvalidTag', async (_, tags) => {
    expect(await refusal(putTags(tags))).toEqual({ code: 'InvalidTag', status: 400 })
  })

  test.skipIf(onCeph).each<[string, Tag[]]>([
    ['an empty key', [{ Key: '', Value: 'x' }]],
    ['a key twice', [...two, { Key: 'path', Value: 'again' }]],
    ['another character', [{ Key: 'a', Value: 'b&c' }]],
    ['a key of AWS', [{ Key: 'aws:owner', Value: 'x' }]],
  ])('%s is InvalidTag (Ceph takes it)', async (_, tags) => {
    expect(await refusal(putTags(tags))).toEqual({ code: 'InvalidTag', status: 400 })
    expect(
      await refusal(put(tags.map(({ Key, Value }) => `${Key}=${encodeURIComponent(Value ?? '')}`).join('&'))),
    ).toEqual({
      code: 'InvalidTag',
      status: 400,
    })
  })
})

describe('tags that come with the object', () => {
  const query = 'Hello=World&path=a%2Fb%20c%2Bd%3De%3Af%40g_h.i-j'

  test('in x-amz-tagging of PutObject', async () => {
    await put(query)
    expect(await getTags()).toEqual(two)
  })

  test.skipIf(onCeph)('in x-amz-tagging of CreateMultipartUpload (Ceph 18 drops it)', async () => {
    const { UploadId = '' } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'parts', Tagging: query }),
    )
    const upload = { Bucket, Key: 'parts', UploadId }
    const Parts = [await sendPart(client, upload, 1, Buffer.from('x'))]
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    expect(await getTags('parts')).toEqual(two)
  })

  test('in the field `tagging` of a form', async () => {
    const tagging =
      '<Tagging><TagSet><Tag><Key>0</Key><Value>a &amp; b</Value></Tag><Tag><Key>1</Key><Value></Value></Tag></TagSet></Tagging>'
    const send = async (xml: string) => {
      const { url, fields } = await createPresignedPost(client, {
        Bucket,
        Key: 'form',
        Fields: { tagging: xml },
      })
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, value)
      form.set('file', new Blob(['x']))
      return outcome(await fetch(url, { method: 'POST', body: form }))
    }
    expect(await send(tagging.replace(' &amp; ', ' '))).toEqual({ code: '', status: 204 })
    expect(await getTags('form')).toEqual([
      { Key: '0', Value: 'a b' },
      { Key: '1', Value: '' },
    ])
    if (!onCeph) expect(await send(tagging)).toEqual({ code: 'InvalidTag', status: 400 })
    expect(await send('<Tagging>')).toMatchObject({ status: 400 })
    if (!onCeph) expect(await send('<Tagging>')).toMatchObject({ code: 'MalformedXML' })
  })
})
