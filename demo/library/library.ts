// Lists, opens, compares and deletes a person's objects in S3. Keys of others are refused.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { create as createContentDisposition } from 'content-disposition'
import pMap from 'p-map'
import { EntryCache } from './entry-cache.js'
import { describeEntry, type LibraryEntry } from './library-entry.js'
import { isOwnKey, ownPrefix } from './own-key.js'

/** Seconds, enough for a click. */
const URL_EXPIRES_IN = 60
const HEADS_AT_A_TIME = 8

/** Some of a person's objects, and the count of all. */
export interface LibraryPage {
  objects: LibraryEntry[]
  count: number
  bytes: number
}

export class Library {
  readonly #entries = new EntryCache()

  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** Newest first. @param limit number of objects described */
  async list(owner: string, limit: number): Promise<LibraryPage> {
    const input = { Bucket: this.bucket, Prefix: ownPrefix(owner) }
    const found: { key: string; size: number; storedAt: number }[] = []
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.client }, input)) {
      for (const { Key: key = '', Size: size = 0, LastModified } of Contents) {
        if (isOwnKey(owner, key)) found.push({ key, size, storedAt: LastModified?.getTime() ?? 0 })
      }
    }
    const newest = found.sort((a, b) => b.storedAt - a.storedAt).slice(0, limit)
    const described = await pMap(newest, ({ key }) => this.#describe(key), { concurrency: HEADS_AT_A_TIME })
    return {
      objects: described.filter((entry) => entry !== undefined),
      count: found.length,
      bytes: found.reduce((sum, { size }) => sum + size, 0),
    }
  }

  /** A URL that saves the object under its own name. @returns `undefined`: not this owner's, or not there */
  async downloadUrl(owner: string, key: string): Promise<string | undefined> {
    const entry = await this.#own(owner, key)
    if (!entry) return undefined
    // Ceph 18 keeps no Content-Disposition of a form. Browsers decode RFC 2047 in the fallback.
    const fallback = entry.name.replace(/[^ -~]|=(?=\?)/gu, '_')
    const ResponseContentDisposition = createContentDisposition(entry.name, { fallback })
    return await this.#sign(key, { ResponseContentDisposition })
  }

  /** A URL for `<img>`. @returns `undefined`: as above, or nothing that a browser shows */
  async previewUrl(owner: string, key: string): Promise<string | undefined> {
    const entry = await this.#own(owner, key)
    if (!entry?.hasPreview) return undefined
    return await this.#sign(key, { ResponseContentDisposition: 'inline', ResponseContentType: entry.type })
  }

  /** Hexadecimal, of the object's bytes on S3. @returns `undefined`: not this owner's, or not there */
  async sha256(owner: string, key: string): Promise<string | undefined> {
    if (!(await this.#own(owner, key))) return undefined
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }))
    const hash = createHash('sha256')
    for await (const chunk of Body as Readable) hash.update(chunk)
    return hash.digest('hex')
  }

  /** @returns `false`: not this owner's, or not there */
  async delete(owner: string, key: string): Promise<boolean> {
    if (!(await this.#own(owner, key))) return false
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }))
    this.#entries.forget(key)
    return true
  }

  #own(owner: string, key: string): Promise<LibraryEntry | undefined> {
    return isOwnKey(owner, key) ? this.#describe(key) : Promise.resolve(undefined)
  }

  #describe(key: string): Promise<LibraryEntry | undefined> {
    return this.#entries.get(key, async () => {
      const input = { Bucket: this.bucket, Key: key, ChecksumMode: 'ENABLED' } as const
      const head = await this.client.send(new HeadObjectCommand(input)).catch((error: Error) => {
        if (error.name === 'NotFound' || error.name === 'NoSuchKey') return undefined
        throw error
      })
      return head && describeEntry(key, await this.#sign(key), head)
    })
  }

  #sign(key: string, answer: { ResponseContentDisposition?: string; ResponseContentType?: string } = {}) {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key, ...answer })
    return getSignedUrl(this.client, command, { expiresIn: URL_EXPIRES_IN })
  }
}
