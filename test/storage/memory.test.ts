// The embedded store only: 1 GiB go in as parts and come out again while the store's memory stays as it was.
import type { ChildProcess } from 'node:child_process'
import { createCipheriv, createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { CompleteMultipartUploadCommand, CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { forkStore } from './embedded-store.js'
import { beginUpload, MiB, type SentPart, sendPart } from './s3-replies.js'

const partSize = 16 * MiB
const partCount = 64
const Bucket = 'memory'
const Key = 'large'

async function rssOf(store: ChildProcess): Promise<number> {
  store.send('rss')
  const [{ rss }] = (await once(store, 'message')) as [{ rss: number }]
  return rss
}

test('1 GiB leaves the memory of the store flat', { timeout: 300_000 }, async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'partway-memory-'))
  const { process: store, client, kill } = await forkStore(dataFolder)
  try {
    await client.send(new CreateBucketCommand({ Bucket }))
    const upload = await beginUpload(client, Bucket, Key)

    // Pseudorandom bytes: the key stream of a cipher, one part at a time.
    const generator = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16))
    const zeros = Buffer.alloc(partSize)
    const sent = createHash('sha256')
    const Parts: SentPart[] = []
    const samples: number[] = [await rssOf(store)]
    for (let partNumber = 1; partNumber <= partCount; partNumber++) {
      const part = generator.update(zeros)
      sent.update(part)
      Parts.push(await sendPart(client, upload, partNumber, part))
      samples.push(await rssOf(store))
    }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    samples.push(await rssOf(store))

    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key }))
    const received = createHash('sha256')
    let next = 0
    let size = 0
    for await (const chunk of Body as Readable) {
      received.update(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size >= next) {
        samples.push(await rssOf(store))
        next += 64 * MiB
      }
    }
    expect(size).toBe(partSize * partCount)
    expect(ContentLength).toBe(size)
    expect(received.digest('hex')).toBe(sent.digest('hex'))

    const [baseline = 0] = samples
    const peak = Math.max(...samples)
    const inMiB = (bytes: number) => Math.round(bytes / MiB)
    console.log(`store's memory: ${inMiB(baseline)} MiB at first, at most ${inMiB(peak)} MiB`)
    expect(peak - baseline).toBeLessThan(150 * MiB)
  } finally {
    await kill()
    await rm(dataFolder, { recursive: true, force: true })
  }
})
