// What tasks have in common: an object that is there before, and what must be there after.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { type FileFolder, pseudoRandomBytes, sha256OfObject } from '../../support/files.js'
import { sha256 } from '../s3-replies.js'
import type { Operations, Setting } from './client.js'

export interface Task {
  title: string
  /** Clients that cannot do them are not asked. */
  needs: (keyof Operations)[]
  run(client: Required<Operations>, at: Setting, files: FileFolder): Promise<void>
}

export const smallSize = 100_000

/** Puts an object with this project's own client. @returns the SHA-256 of its bytes */
export async function putObject({ s3, bucket }: Setting, Key: string, size = smallSize): Promise<string> {
  const Body = Buffer.concat([...pseudoRandomBytes(Key, size)])
  await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))
  return sha256(Body)
}

export async function expectObject({ s3, bucket }: Setting, key: string, hash: string): Promise<void> {
  expect(await sha256OfObject(s3.client, bucket, key)).toBe(hash)
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
