// Temporary credentials in use, with the signers of `@uppy/aws-s3`: what they open, and what they do not.
import { once } from 'node:events'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { ownerPrefix } from '../../../server/core/src/rules/object-key.js'
import {
  createCredentialsIssuer,
  type TemporaryCredentials,
} from '../../../server/core/src/s3/temporary-credentials.js'
import { createBucket, openS3, type S3UnderTest } from '../../support/s3-under-test.js'
import { readObject, sha256 } from '../s3-contents.js'

const ceph = inject('ceph')
const bytes = Buffer.from('content')

// Neither signer is exported.
const require = createRequire(import.meta.url)
const signerOf = (plugin: string, file: string) => import(join(dirname(require.resolve(plugin)), file))

describe.skipIf(!ceph)('temporary credentials (only on Ceph: the embedded store has no STS)', () => {
  let s3: S3UnderTest
  let Bucket: string
  /** A client with the credentials of the page. */
  let page: S3Client
  let own: TemporaryCredentials

  beforeAll(async () => {
    s3 = await openS3()
    Bucket = await createBucket(s3.client)
    const { endpoint, region } = s3
    const { roleArn = '', ...credentials } = ceph?.issuer ?? { accessKeyId: '', secretAccessKey: '' }
    const issue = createCredentialsIssuer({
      sts: { roleArn },
      s3Client: new S3Client({ endpoint, region, credentials }),
      bucket: Bucket,
      ownerPrefix: (owner) => ownerPrefix('users/', owner),
      timeoutMs: 10_000,
    })
    own = await issue('ada+x@example.com')
    const { expiration: _, ...keys } = own.credentials
    page = new S3Client({ endpoint, region, credentials: keys, forcePathStyle: true })
    return async () => {
      page.destroy()
      await s3.close()
    }
  })

  test('are good for an hour and name the prefix of the owner', () => {
    const minutes = (Date.parse(own.credentials.Expiration) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(55)
    expect(minutes).toBeLessThanOrEqual(60)
    expect(own).toMatchObject({
      bucket: Bucket,
      region: s3.region,
      keyPrefix: 'users/ada!2bx!40example.com/',
    })
  })

  test('version 6 puts a file', async () => {
    const { createSigV4Presigner } = await signerOf('@uppy/aws-s3', 's3-client/signer.js')
    const endpoint = `${s3.endpoint}/${Bucket}`
    const sign = createSigV4Presigner({ ...own.credentials, region: own.region, endpoint })
    const key = `${own.keyPrefix}Übergröße (6).bin`
    const { url } = await sign({ method: 'PUT', key })
    expect((await fetch(url, { method: 'PUT', body: bytes })).status).toBe(200)
    expect(await readObject(s3.client, Bucket, key)).toMatchObject({ sha256: sha256(bytes) })
  })

  test('version 5 puts a file, whose key it makes itself: the prefix goes with the bucket', async () => {
    const { default: createSignedURL } = await signerOf('uppy-aws-s3-5', 'createSignedURL.js')
    const { AccessKeyId, SecretAccessKey, SessionToken } = own.credentials
    const folder = own.keyPrefix.slice(0, -1).replaceAll('!', '%21')
    const Key = 'Übergröße (5).bin'
    const url: URL = await createSignedURL({
      accountKey: AccessKeyId,
      accountSecret: SecretAccessKey,
      sessionToken: SessionToken,
      bucketName: `${own.bucket}/${folder}`,
      Region: own.region,
      expires: 900,
      Key,
    })
    expect(await putTo(s3.endpoint, url)).toBe(200)
    expect(await readObject(s3.client, Bucket, own.keyPrefix + Key)).toMatchObject({ sha256: sha256(bytes) })
  })

  test('send, list, complete and abort multipart uploads', async () => {
    const Key = `${own.keyPrefix}multipart`
    const { UploadId } = await page.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const upload = { Bucket, Key, UploadId }
    await page.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: bytes }))
    const { Parts = [] } = await page.send(new ListPartsCommand(upload))
    const parts = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
    await page.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }))
    expect(await readObject(s3.client, Bucket, Key)).toMatchObject({ sha256: sha256(bytes) })

    const other = await page.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const { $metadata } = await page.send(
      new AbortMultipartUploadCommand({ Bucket, Key, UploadId: other.UploadId }),
    )
    expect($metadata.httpStatusCode).toBe(204)
  })

  const put = (Key: string) => page.send(new PutObjectCommand({ Bucket, Key, Body: bytes }))
  const at = () => ({ Bucket, Key: `${own.keyPrefix}own` })

  test.for<[name: string, run: () => Promise<unknown>]>([
    ['write for another owner', () => put('users/bob/file')],
    ['write for an owner of a similar name', () => put('users/ada!2bx!40example.com2/file')],
    ['write outside of all prefixes', () => put('file')],
    [
      'begin an upload for another owner',
      () => page.send(new CreateMultipartUploadCommand({ Bucket, Key: 'users/bob/file' })),
    ],
    ['read', () => page.send(new GetObjectCommand(at()))],
    ['look at', () => page.send(new HeadObjectCommand(at()))],
    ['delete', () => page.send(new DeleteObjectCommand(at()))],
    ['publish', () => page.send(new PutObjectAclCommand({ ...at(), ACL: 'public-read' }))],
    ['list objects', () => page.send(new ListObjectsV2Command({ Bucket, Prefix: own.keyPrefix }))],
    ['list uploads', () => page.send(new ListMultipartUploadsCommand({ Bucket }))],
  ])('do not %s', async ([, run]) => {
    await put(at().Key)
    await expect(run()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  })

  test("do not touch another owner's unfinished upload", async () => {
    const Key = 'users/bob/file'
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const upload = { Bucket, Key, UploadId }
    const refused = { name: 'AccessDenied' }
    const part = new UploadPartCommand({ ...upload, PartNumber: 1, Body: bytes })
    await expect(page.send(part)).rejects.toMatchObject(refused)
    await expect(page.send(new ListPartsCommand(upload))).rejects.toMatchObject(refused)
    await expect(page.send(new AbortMultipartUploadCommand(upload))).rejects.toMatchObject(refused)
  })
})

/** Version 5 signs for AWS alone: here its request goes to the store, with AWS's host name in it. */
async function putTo(endpoint: string, { host, pathname, search }: URL): Promise<number | undefined> {
  const put = request(new URL(pathname + search, endpoint), { method: 'PUT', headers: { host } })
  put.end(bytes)
  const [response] = await once(put, 'response')
  return response.resume().statusCode
}
