// The data folder: where things lie, and how a record is replaced or removed in one step.
//
// temporary/                        what is being written or deleted; emptied at start
// buckets/NAME/bucket.json
// buckets/NAME/objects/HASH.json    one per object, HASH = SHA-256 of the key, so no key can name a path
// buckets/NAME/uploads/ID/upload.json, ID/NUMBER.json   one per unfinished upload, one per part
// buckets/NAME/data/UUID            bytes; visible only through a record that names them
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export class StoreFolder {
  private constructor(private readonly root: string) {}

  static async open(root: string): Promise<StoreFolder> {
    const folder = new StoreFolder(root)
    await rm(join(root, 'temporary'), { recursive: true, force: true })
    await mkdir(join(root, 'temporary'), { recursive: true })
    await mkdir(join(root, 'buckets'), { recursive: true })
    return folder
  }

  bucketNames(): Promise<string[]> {
    return readdir(join(this.root, 'buckets'))
  }

  bucket(name: string): BucketFolder {
    return new BucketFolder(this, join(this.root, 'buckets', name))
  }

  /** A new folder that {@link moveInto} makes visible. */
  async temporaryFolder(): Promise<string> {
    const folder = this.temporary()
    await mkdir(folder)
    return folder
  }

  /** Replaces the file in one step: readers see the old record or the new one. */
  async writeRecord(file: string, record: object): Promise<void> {
    const temporary = this.temporary()
    await writeFile(temporary, JSON.stringify(record))
    await rename(temporary, file)
  }

  /** Makes a file or a folder disappear in one step, then frees its space. */
  async remove(path: string): Promise<void> {
    const temporary = this.temporary()
    try {
      await rename(path, temporary)
    } catch (error) {
      if (isMissing(error)) return
      throw error
    }
    await rm(temporary, { recursive: true, force: true })
  }

  private temporary(): string {
    return join(this.root, 'temporary', randomUUID())
  }
}

/** The paths of one bucket. */
export class BucketFolder {
  constructor(
    readonly store: StoreFolder,
    readonly path: string,
  ) {}

  get record(): string {
    return join(this.path, 'bucket.json')
  }

  get objects(): string {
    return join(this.path, 'objects')
  }

  get uploads(): string {
    return join(this.path, 'uploads')
  }

  get data(): string {
    return join(this.path, 'data')
  }

  object(key: string): string {
    return join(this.objects, `${createHash('sha256').update(key).digest('hex')}.json`)
  }

  upload(uploadId: string): string {
    return join(this.uploads, uploadId)
  }

  uploadRecord(uploadId: string): string {
    return join(this.uploads, uploadId, 'upload.json')
  }

  part(uploadId: string, partNumber: number): string {
    return join(this.uploads, uploadId, `${partNumber}.json`)
  }
}

export async function readRecord<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
