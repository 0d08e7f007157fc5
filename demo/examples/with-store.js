// Starts an example's server with what it finds in its environment: a secret, and an S3 bucket that pages may upload to.
// The bucket is in a store of the demo, removed when the example ends. With your own bucket, omit this file.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { startStore } from '@partway/store'

const dataFolder = mkdtempSync(join(tmpdir(), 'partway-example-'))
process.once('exit', () => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 9 }))
// npm repeats a signal that the terminal has already sent: the second one must not interrupt the removal.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))

const region = 'us-east-1'
const {
  AWS_ACCESS_KEY_ID: accessKeyId = 'example',
  AWS_SECRET_ACCESS_KEY: secretAccessKey = 'example-secret',
} = process.env
const store = await startStore({ port: 0, dataFolder, region, accessKeyId, secretAccessKey })
Object.assign(process.env, {
  APP_SECRET: randomBytes(32).toString('base64'),
  DATA_FOLDER: dataFolder,
  S3_BUCKET: 'media',
  // The AWS SDK reads these itself.
  AWS_ENDPOINT_URL_S3: store.endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
})

const client = new S3Client({ forcePathStyle: true })
const rule = {
  AllowedOrigins: ['*'],
  AllowedMethods: ['POST', 'PUT'],
  AllowedHeaders: ['*'],
  // For @uppy/aws-s3; @partway/uppy needs none.
  ExposeHeaders: ['ETag', 'Location'],
}
await client.send(new CreateBucketCommand({ Bucket: 'media' }))
await client.send(new PutBucketCorsCommand({ Bucket: 'media', CORSConfiguration: { CORSRules: [rule] } }))
client.destroy()
console.log(`S3: ${store.endpoint}/media`)

const [server = 'server.js'] = process.argv.slice(2)
await import(pathToFileURL(resolve(server)).href)
