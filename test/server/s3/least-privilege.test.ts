// The policy is what the middleware needs: enough for each of its requests, and nothing to spare.
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, inject, test } from 'vitest'
import { grantLeastPrivilege, policyActions } from '../../support/least-privilege.js'
import { createBucket } from '../../support/s3-under-test.js'
import { operations, type World } from './privileged-operations.js'

const ceph = inject('ceph')
const owner = connect(ceph)
const limited = connect(ceph?.limited)

function connect({ accessKeyId, secretAccessKey } = { accessKeyId: '', secretAccessKey: '' }): S3Client {
  return new S3Client({
    endpoint: ceph?.endpoint ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
}

/** @param without an action of the policy to leave out */
async function createWorld(without?: string): Promise<World> {
  const Bucket = await createBucket(owner)
  if (ceph && without) await grantLeastPrivilege(owner, Bucket, ceph, without)
  return await fill(Bucket)
}

async function fill(Bucket: string): Promise<World> {
  const object = { Bucket, Key: 'object' }
  await owner.send(new PutObjectCommand({ ...object, Body: 'content' }))
  const { UploadId } = await owner.send(new CreateMultipartUploadCommand({ Bucket, Key: 'upload' }))
  const upload = { Bucket, Key: 'upload', UploadId }
  const { ETag } = await owner.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part' }))
  return { Bucket, object, upload, part: { PartNumber: 1, ETag } }
}

test('the operations here need the actions of the policy, all of them and no others', async () => {
  const needed = new Set(operations.map(({ action }) => action))
  expect([...needed].sort()).toEqual(policyActions().sort())
})

const cors = { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] }
const versioning = { Status: 'Enabled' } as const
const tags = { TagSet: [{ Key: 'tag', Value: 'value' }] }

describe.skipIf(!ceph)('the policy (only on Ceph: the embedded store has no policies)', () => {
  test.for(operations)('allows $name; without $action it does not', async ({ action, status, run }) => {
    expect(await run(limited, await createWorld())).toBe(status)
    expect(await run(limited, await createWorld(action))).toBe(403)
  })

  const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }

  test.for<[name: string, run: (world: World) => Promise<unknown>]>([
    ['CreateBucket', ({ Bucket }) => limited.send(new CreateBucketCommand({ Bucket: `${Bucket}-2` }))],
    ['DeleteBucket', ({ Bucket }) => limited.send(new DeleteBucketCommand({ Bucket }))],
    ['GetBucketCors', ({ Bucket }) => limited.send(new GetBucketCorsCommand({ Bucket }))],
    [
      'PutBucketCors',
      ({ Bucket }) => limited.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: cors })),
    ],
    ['GetBucketPolicy', ({ Bucket }) => limited.send(new GetBucketPolicyCommand({ Bucket }))],
    ['PutBucketPolicy', ({ Bucket }) => limited.send(new PutBucketPolicyCommand({ Bucket, Policy: '{}' }))],
    ['DeleteBucketPolicy', ({ Bucket }) => limited.send(new DeleteBucketPolicyCommand({ Bucket }))],
    [
      'PutBucketVersioning',
      ({ Bucket }) =>
        limited.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: versioning })),
    ],
    ['ListObjectVersions', ({ Bucket }) => limited.send(new ListObjectVersionsCommand({ Bucket }))],
    ['GetObjectAcl', ({ object }) => limited.send(new GetObjectAclCommand(object))],
    [
      'PutObjectAcl',
      ({ object }) => limited.send(new PutObjectAclCommand({ ...object, ACL: 'public-read' })),
    ],
    [
      'PutObjectTagging',
      ({ object }) => limited.send(new PutObjectTaggingCommand({ ...object, Tagging: tags })),
    ],
  ])('does not allow %s', async ([, run]) => {
    const world = await createWorld()
    // Ceph's ACLs would give it all rights to an object that it wrote.
    await limited.send(new PutObjectCommand({ ...world.object, Body: 'content' }))
    await expect(run(world)).rejects.toMatchObject(refused)
  })

  test.for<[name: string, run: (world: World) => Promise<unknown>]>([
    ['PutObject', ({ object }) => limited.send(new PutObjectCommand({ ...object, Body: 'content' }))],
    ['GetObject', ({ object }) => limited.send(new GetObjectCommand(object))],
    ['DeleteObject', ({ object }) => limited.send(new DeleteObjectCommand(object))],
    [
      'UploadPart',
      ({ upload }) => limited.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part' })),
    ],
  ])('does not allow %s in another bucket of the owner', async ([, run]) => {
    const other = `${await createBucket(owner)}-other`
    await owner.send(new CreateBucketCommand({ Bucket: other }))
    await expect(run(await fill(other))).rejects.toMatchObject(refused)
  })

  test('with a prefix allows the objects below it and the journal, and no others', async () => {
    const Bucket = await createBucket(owner)
    if (ceph) await grantLeastPrivilege(owner, Bucket, ceph, undefined, { prefix: 'uploads/' })
    const put = (Key: string) => limited.send(new PutObjectCommand({ Bucket, Key, Body: 'content' }))
    await put('uploads/object')
    await put('.partway/entry')
    await expect(put('object')).rejects.toMatchObject(refused)
    await expect(put('uploadsobject')).rejects.toMatchObject(refused)
  })

  test('of who signs what pages send allows no entry of the journal', async () => {
    const Bucket = await createBucket(owner)
    const [signer, issuer] = [connect(ceph?.issuer), ceph?.issuer.principal ?? '']
    if (ceph) await grantLeastPrivilege(owner, Bucket, { ...ceph, signer: issuer })
    const put = (Key: string) => signer.send(new PutObjectCommand({ Bucket, Key, Body: 'content' }))
    await put('object')
    await expect(put('.partway/entry')).rejects.toMatchObject(refused)
  })

  test("leaves the bucket's owner the objects that are written with it", async () => {
    const { object } = await createWorld()
    await limited.send(new PutObjectCommand({ ...object, Body: 'new content' }))
    const { Body } = await owner.send(new GetObjectCommand(object))
    expect(await Body?.transformToString()).toBe('new content')
  })
})
