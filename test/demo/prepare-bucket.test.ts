// What the demo does to a bucket: it makes its own, and leaves other people's rules alone.
import { CreateBucketCommand, GetBucketCorsCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, expect, test } from 'vitest'
import { prepareBucket } from '../../demo/prepare-bucket.js'
import { openS3 } from '../support/s3-under-test.js'

const s3 = await openS3()
const { client } = s3
afterAll(() => s3.close())

const page = 'http://localhost:3000'
const readOrigins = async (bucket: string) => {
  const { CORSRules = [] } = await client.send(new GetBucketCorsCommand({ Bucket: bucket }))
  return CORSRules.map(({ AllowedOrigins }) => AllowedOrigins)
}

test('a bucket that is missing is made, and lets the page in', async () => {
  await prepareBucket(client, 'made', [page])
  expect(await readOrigins('made')).toEqual([[page]])
})

test('a bucket with rules is left alone, also with those that setup made for an app', async () => {
  await prepareBucket(client, 'app', ['https://app.example'])
  await prepareBucket(client, 'app', [page])
  expect(await readOrigins('app')).toEqual([['https://app.example']])

  await client.send(new CreateBucketCommand({ Bucket: 'other' }))
  const CORSRules = [{ AllowedOrigins: ['https://else.example'], AllowedMethods: ['GET'] }]
  await client.send(new PutBucketCorsCommand({ Bucket: 'other', CORSConfiguration: { CORSRules } }))
  await prepareBucket(client, 'other', [page])
  expect(await readOrigins('other')).toEqual([['https://else.example']])
})

test("the demo's own bucket lets this run's page in, and the last one's no more", async () => {
  await prepareBucket(client, 'own', [page], true)
  await prepareBucket(client, 'own', ['http://localhost:3001'], true)
  expect(await readOrigins('own')).toEqual([['http://localhost:3001']])
})

test('wrong keys are said', async () => {
  const credentials = { ...s3.credentials, secretAccessKey: 'wrong' }
  const wrong = new S3Client({ endpoint: s3.endpoint, region: s3.region, credentials, forcePathStyle: true })
  await expect(prepareBucket(wrong, 'made', [page])).rejects.toThrow(
    `The S3 at ${s3.endpoint} refuses these credentials for the bucket "made" (SignatureDoesNotMatch). ` +
      'Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_BUCKET.',
  )
  wrong.destroy()
})
