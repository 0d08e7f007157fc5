// Real files with reproducible pseudo-random contents, and the SHA-256 that their copies must have.
import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'

export interface SourceFile {
  name: string
  path: string
  size: number
  sha256: string
}

export interface FileFolder {
  /** Where they are. */
  path: string
  /** Creates a file of `size` bytes. Different names, or seeds, have different contents. */
  create(name: string, size: number, seed?: string): Promise<SourceFile>
  remove(): Promise<void>
}

export async function createFileFolder(): Promise<FileFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-files-'))
  return {
    path: folder,
    async create(name, size, seed = name) {
      const path = join(folder, name)
      const hash = createHash('sha256')
      const bytes = Readable.from(pseudoRandomBytes(seed, size), { objectMode: false })
      await pipeline(
        bytes,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk)
            yield chunk
          }
        },
        createWriteStream(path),
      )
      return { name, path, size, sha256: hash.digest('hex') }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** AES-CTR key stream: fast, never repeats, and the same for the same seed. */
export function* pseudoRandomBytes(seed: string, size: number): Generator<Buffer> {
  const key = createHash('sha256').update(seed).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  const zeros = Buffer.alloc(1024 * 1024)
  for (let left = size; left > 0; left -= zeros.length) {
    yield stream.update(left < zeros.length ? zeros.subarray(0, left) : zeros)
  }
}

/** SHA-256 of what S3 holds, as hex. */
export async function sha256OfObject(client: S3Client, bucket: string, key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return await sha256Of(Body as Readable)
}

/** SHA-256 of a file as it is now, as hex. */
export async function sha256OfFile(path: string): Promise<string> {
  return await sha256Of(createReadStream(path))
}

async function sha256Of(bytes: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}
