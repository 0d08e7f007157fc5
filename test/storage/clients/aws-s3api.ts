// `aws s3api` of the AWS CLI: one command for each call of S3.
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { awsS3 } from './aws-s3.js'
import { awsEnvironment, type Client, run, type Setting } from './client.js'

const partSize = 6 * 1024 * 1024

/** Options by name. @returns the answer */
async function call(
  at: Setting,
  name: string,
  options: Record<string, string>,
  more: string[] = [],
): Promise<Record<string, unknown>> {
  const flags = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])
  const args = ['s3api', name, '--output', 'json', ...flags, ...more]
  return JSON.parse((await run(at.home, 'aws', args, awsEnvironment(at))) || '{}')
}

/** An upload of which `sendPart` sends a part, and answers with its ETag. */
async function inParts(
  at: Setting,
  key: string,
  size: number,
  sendPart: (options: Record<string, string>, start: number, end: number) => Promise<unknown>,
): Promise<void> {
  const object = { bucket: at.bucket, key }
  const { UploadId } = await call(at, 'create-multipart-upload', object)
  const upload = { ...object, 'upload-id': String(UploadId) }
  const Parts: unknown[] = []
  for (let start = 0; start < size; start += partSize) {
    const PartNumber = Parts.length + 1
    const options = { ...upload, 'part-number': `${PartNumber}` }
    const ETag = await sendPart(options, start, Math.min(start + partSize, size))
    Parts.push({ PartNumber, ETag })
  }
  await call(at, 'complete-multipart-upload', { ...upload, 'multipart-upload': JSON.stringify({ Parts }) })
}

async function uploadInParts(at: Setting, path: string, key: string): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    await inParts(at, key, size, async (options, start, end) => {
      const body = join(at.home, 'part')
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
      await writeFile(body, buffer)
      return (await call(at, 'upload-part', { ...options, body })).ETag
    })
  } finally {
    await file.close()
  }
}

async function copyInParts(at: Setting, from: string, to: string): Promise<void> {
  const { ContentLength } = await call(at, 'head-object', { bucket: at.bucket, key: from })
  await inParts(at, to, Number(ContentLength), async (options, start, end) => {
    const source = { 'copy-source': `${at.bucket}/${from}`, 'copy-source-range': `bytes=${start}-${end - 1}` }
    const { CopyPartResult } = await call(at, 'upload-part-copy', { ...options, ...source })
    return (CopyPartResult as { ETag: string }).ETag
  })
}

async function removeFolder(at: Setting, prefix: string): Promise<void> {
  const { Contents } = await call(at, 'list-objects-v2', { bucket: at.bucket, prefix: `${prefix}/` })
  const Objects = (Contents as { Key: string }[]).map(({ Key }) => ({ Key }))
  await call(at, 'delete-objects', { bucket: at.bucket, delete: JSON.stringify({ Objects }) })
}

export const awsS3api: Client = {
  ...awsS3,
  name: '`aws s3api`',
  operations: {
    makeBucket: (at, bucket) => call(at, 'create-bucket', { bucket }),
    listBuckets: async (at) => JSON.stringify(await call(at, 'list-buckets', {})),
    removeBucket: (at, bucket) => call(at, 'delete-bucket', { bucket }),
    upload: (at, body, key) => call(at, 'put-object', { bucket: at.bucket, key, body }),
    uploadInParts,
    download: (at, key, path) => call(at, 'get-object', { bucket: at.bucket, key }, [path]),
    // The first version of the call.
    list: async (at) => JSON.stringify(await call(at, 'list-objects', { bucket: at.bucket })),
    copy: (at, from, key) =>
      call(at, 'copy-object', {
        ...{ bucket: at.bucket, key },
        // It encodes this itself.
        'copy-source': `${at.bucket}/${from}`,
      }),
    copyInParts,
    remove: (at, key) => call(at, 'delete-object', { bucket: at.bucket, key }),
    removeFolder,
    tag: (at, key, Key, Value) =>
      call(at, 'put-object-tagging', {
        ...{ bucket: at.bucket, key },
        tagging: JSON.stringify({ TagSet: [{ Key, Value }] }),
      }),
  },
}
