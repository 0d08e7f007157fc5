// All buckets of the store: S3's naming rules, and creating and deleting them.
import { mkdir, readdir } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import { join } from 'node:path'
import { S3Error } from '../s3-error.js'
import { Bucket } from './bucket.js'
import { loadBucket } from './load-bucket.js'
import type { BucketRecord } from './records.js'
import { StoreFolder } from './store-folder.js'

export class Buckets {
  private readonly byName = new Map<string, Bucket>()
  /** Names whose folder is being made. */
  private readonly creating = new Set<string>()

  private constructor(private readonly folder: StoreFolder) {}

  static async open(dataFolder: string): Promise<Buckets> {
    const folder = await StoreFolder.open(dataFolder)
    const buckets = new Buckets(folder)
    for (const name of await readdir(folder.buckets)) {
      const bucket = isBucketName(name) ? await loadBucket(name, folder.bucket(name)) : undefined
      if (bucket) buckets.byName.set(name, bucket)
      else await folder.setAside(folder.bucket(name).path, 'it is not the folder of a bucket')
    }
    return buckets
  }

  /** @throws S3Error NoSuchBucket */
  get(name: string): Bucket {
    const bucket = this.byName.get(name)
    if (!bucket) throw new S3Error('NoSuchBucket', undefined, { BucketName: name })
    return bucket
  }

  find(name: string): Bucket | undefined {
    return this.byName.get(name)
  }

  all(): Bucket[] {
    return [...this.byName.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1))
  }

  async create(name: string): Promise<void> {
    if (!isBucketName(name)) throw new S3Error('InvalidBucketName', undefined, { BucketName: name })
    if (this.byName.has(name) || this.creating.has(name)) {
      throw new S3Error('BucketAlreadyOwnedByYou', undefined, { BucketName: name })
    }
    this.creating.add(name)
    try {
      const record: BucketRecord = { name, created: new Date().toISOString() }
      const target = this.folder.bucket(name)
      const temporary = await this.folder.temporaryFolder()
      for (const folder of ['objects', 'uploads', 'data']) await mkdir(join(temporary, folder))
      await this.folder.writeRecord(join(temporary, 'bucket.json'), record)
      await this.folder.moveInto(temporary, target.path)
      this.byName.set(name, new Bucket(record, target))
    } finally {
      this.creating.delete(name)
    }
  }

  /** @throws S3Error BucketNotEmpty */
  async delete(name: string): Promise<void> {
    await this.get(name).delete()
    this.byName.delete(name)
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !isIPv4(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  )
}
