import { createHash } from 'node:crypto'
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createCRC32, createCRC64 } from 'hash-wasm'
import { afterAll, describe, expect, test } from 'vitest'
import { createBucket, openS3 } from '../support/s3-under-test.js'
import { beginUpload, md5, minPartSize, outcome, refusal, signingClient, someBytes } from './s3-replies.js'

const s3 = await openS3()
const onCeph = s3.name === 'ceph'
const { client } = s3
const signer = signingClient(s3)
const Bucket = await createBucket(client)
afterAll(async () => {
  signer.destroy()
  await s3.close()
})

const algorithms: ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']
const bytes = new Uint8Array(someBytes(1000))
const otherBytes = new Uint8Array(someBytes(1000))
const badDigest = { code: 'BadDigest', status: 400 }

async function checksum(algorithm: ChecksumAlgorithm, data: Uint8Array): Promise<string> {
  if (algorithm === 'SHA1' || algorithm === 'SHA256')
    return createHash(algorithm).update(data).digest('base64')
  const crc =
    algorithm === 'CRC64NVME'
      ? await createCRC64('9a6c9329ac4bc9b5')
      : await createCRC32(algorithm === 'CRC32C' ? 0x82f63b78 : 0xedb88320)
  return Buffer.from(crc.init().update(data).digest('hex'), 'hex').toString('base64')
}

describe('Content-MD5', () => {
  const put = async (contentMd5: string) => {
    const url = await getSignedUrl(signer, new PutObjectCommand({ Bucket, Key: 'md5' }))
    return outcome(await fetch(url, { method: 'PUT', body: bytes, headers: { 'content-md5': contentMd5 } }))
  }

  test('of the body is accepted', async () => {
    expect(await put(md5(bytes).toString('base64'))).toEqual({ code: '', status: 200 })
  })

  test('of another body is BadDigest', async () => {
    expect(await put(md5(otherBytes).toString('base64'))).toEqual(badDigest)
  })

  test.each(['short', Buffer.alloc(15).toString('base64')])('%s is InvalidDigest', async (value) => {
    expect(await put(value)).toEqual({ code: 'InvalidDigest', status: 400 })
  })

  test('guards a part too: what is refused is not there', async () => {
    const upload = await beginUpload(client, Bucket, 'md5-part')
    const part = { ...upload, PartNumber: 1, Body: bytes, ContentMD5: md5(otherBytes).toString('base64') }
    expect(await refusal(client.send(new UploadPartCommand(part)))).toEqual(badDigest)
    const parts: CompletedPart[] = [{ PartNumber: 1, ETag: md5(bytes).toString('hex') }]
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } })
    expect(await refusal(client.send(complete))).toMatchObject({ status: 400 })
  })
})

describe.each(algorithms)('x-amz-checksum of %s', (algorithm) => {
  const field = `Checksum${algorithm}` as const
  const header = `x-amz-checksum-${algorithm.toLowerCase()}`

  test('of the body is accepted; AWS keeps it with the object, Ceph does not', async () => {
    const value = await checksum(algorithm, bytes)
    await client.send(new PutObjectCommand({ Bucket, Key: algorithm, Body: bytes, [field]: value }))
    const head = new HeadObjectCommand({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' })
    expect((await client.send(head))[field]).toBe(onCeph ? undefined : value)
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: algorithm }))
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
  })

  test('of another body: AWS answers BadDigest, Ceph takes it', async () => {
    const value = await checksum(algorithm, otherBytes)
    const put = client.send(new PutObjectCommand({ Bucket, Key: 'wrong', Body: bytes, [field]: value }))
    if (onCeph) await put
    else expect(await refusal(put)).toEqual(badDigest)
  })

  test('signed into the URL of a part it holds for the body', async () => {
    const upload = await beginUpload(client, Bucket, 'signed-checksum')
    const value = await checksum(algorithm, bytes)
    const command = new UploadPartCommand({ ...upload, PartNumber: 1, [field]: value })
    const url = await getSignedUrl(signer, command, { unhoistableHeaders: new Set([header]) })
    const send = async (body: Uint8Array<ArrayBuffer>) =>
      outcome(await fetch(url, { method: 'PUT', body, headers: { [header]: value } }))
    expect(await send(otherBytes)).toEqual(onCeph ? { code: '', status: 200 } : badDigest)
    expect(await send(bytes)).toEqual({ code: '', status: 200 })
  })

  test.skipIf(onCeph)('that is malformed is InvalidRequest (Ceph ignores checksums)', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'malformed', Body: bytes, [field]: 'AAA=' })
    expect(await refusal(client.send(put))).toEqual({ code: 'InvalidRequest', status: 400 })
  })
})

test.skipIf(onCeph)('other checksums are refused (Ceph ignores them)', async () => {
  const create = { Bucket, Key: 'other', ChecksumAlgorithm: 'SHA512' } as const
  expect(await refusal(client.send(new CreateMultipartUploadCommand(create)))).toEqual({
    code: 'InvalidRequest',
    status: 400,
  })
  const ChecksumSHA512 = createHash('sha512').update(bytes).digest('base64')
  const put = new PutObjectCommand({ Bucket, Key: 'other', Body: bytes, ChecksumSHA512 })
  expect(await refusal(client.send(put))).toEqual({ code: 'NotImplemented', status: 501 })
})

const modes: [ChecksumAlgorithm, ChecksumType][] = [
  ['CRC32', 'COMPOSITE'],
  ['CRC32C', 'COMPOSITE'],
  ['SHA1', 'COMPOSITE'],
  ['SHA256', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['CRC64NVME', 'FULL_OBJECT'],
]

describe.skipIf(onCeph).each(modes)('multipart with %s, %s (Ceph keeps no checksums)', (algorithm, type) => {
  const field = `Checksum${algorithm}` as const
  const contents = [someBytes(minPartSize), someBytes(minPartSize + 1), someBytes(3)]

  async function send() {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key: 'checked',
        ChecksumAlgorithm: algorithm,
        ChecksumType: type,
      }),
    )
    const upload = { Bucket, Key: 'checked', UploadId }
    const Parts: CompletedPart[] = []
    for (const [index, Body] of contents.entries()) {
      const part = { ...upload, PartNumber: index + 1, Body, [field]: await checksum(algorithm, Body) }
      const { ETag, [field]: value } = await client.send(new UploadPartCommand(part))
      Parts.push({ PartNumber: index + 1, ETag, [field]: value })
    }
    return { upload, Parts }
  }

  test('the object has the checksum of the whole', async () => {
    const { upload, Parts } = await send()
    const whole =
      type === 'FULL_OBJECT'
        ? await checksum(algorithm, Buffer.concat(contents))
        : `${await checksum(algorithm, Buffer.concat(Parts.map((part) => Buffer.from(part[field] ?? '', 'base64'))))}-3`
    const complete = (input: object) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload: { Parts },
          ChecksumType: type,
          ...input,
        }),
      )
    if (type === 'FULL_OBJECT') {
      const wrong = await checksum(algorithm, otherBytes)
      expect(await refusal(complete({ [field]: wrong }))).toEqual(badDigest)
    }
    if (type === 'COMPOSITE') {
      expect(await refusal(complete({ [field]: whole.replace('-3', '-2') }))).toEqual(badDigest)
      expect(await refusal(complete({ [field]: Parts[0]?.[field] }))).toEqual(badDigest)
    }
    expect(await complete({ [field]: whole })).toMatchObject({ [field]: whole, ChecksumType: type })
    // Some clients leave out the number of parts.
    const { UploadId } = (await send()).upload
    expect(await complete({ UploadId, [field]: whole.replace('-3', '') })).toMatchObject({ [field]: whole })
  })

  test('a part without it, or a wrong list, is refused', async () => {
    const { upload, Parts } = await send()
    const other = algorithm === 'CRC32' ? 'CRC32C' : 'CRC32'
    const value = await checksum(other, bytes)
    const part = { ...upload, PartNumber: 4, Body: bytes, [`Checksum${other}`]: value }
    expect(await refusal(client.send(new UploadPartCommand(part)))).toEqual({
      code: 'InvalidRequest',
      status: 400,
    })
    const wrong = Parts.map((sent) => ({ ...sent, [field]: Parts[0]?.[field] }))
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: wrong } })
    expect(await refusal(client.send(complete))).toEqual({ code: 'InvalidPart', status: 400 })
  })
})
