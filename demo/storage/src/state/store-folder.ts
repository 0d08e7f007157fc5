// The data folder: where things lie, and how a record is replaced or removed in one step.
//
// lock/                             the process that has the folder
// temporary/                        what is being written or deleted; emptied at start
// buckets/NAME/bucket.json
// buckets/NAME/objects/HASH.json    one per object, HASH = SHA-256 of the key, so no key can name a path
// buckets/NAME/uploads/ID/upload.json, ID/NUMBER.json   one per unfinished upload, one per part
// buckets/NAME/data/UUID            bytes; visible only through a record that names them
// set-aside/TIME/buckets/...        what could not be read at a start, by the time of that start
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { makeFolder, replaceFile, syncFolder } from './durable-files.js'

export class StoreFolder {
  private readonly opened = new Date().toISOString().replaceAll(':', '-')

  private constructor(private readonly root: string) {}

  /** The caller has locked the folder. */
  static async open(root: string): Promise<StoreFolder> {
    const folder = new StoreFolder(root)
    await rm(join(root, 'temporary'), { recursive: true, force: true })
    await makeFolder(join(root, 'temporary'))
    await makeFolder(folder.buckets)
    return folder
  }

  get buckets(): string {
    return join(this.root, 'buckets')
  }

  bucket(name: string): BucketFolder {
    return new BucketFolder(this, join(this.buckets, name))
  }

  /** A new folder that {@link moveInto} makes visible. */
  async temporaryFolder(): Promise<string> {
    const folder = this.temporary()
    await mkdir(folder)
    return folder
  }

  /** Makes a temporary folder visible under its name, with all that is in it. */
  async moveInto(temporary: string, path: string): Promise<void> {
    await rename(temporary, path)
    await syncFolder(dirname(path))
  }

  async writeRecord(file: string, record: object): Promise<void> {
    await replaceFile(file, JSON.stringify(record), this.temporary())
  }

  /** Makes a file or a folder disappear in one step, then frees its space. */
  async remove(path: string): Promise<void> {
    const temporary = this.temporary()
    if (!(await moveIfThere(path, temporary))) return
    await syncFolder(dirname(path))
    await rm(temporary, { recursive: true, force: true })
  }

  /** Moves what cannot be used out of the way, and logs it. */
  async setAside(path: string, reason: string): Promise<void> {
    const target = join(this.root, 'set-aside', this.opened, relative(this.root, path))
    await mkdir(dirname(target), { recursive: true })
    const isMoved = await moveIfThere(path, target)
    console.error(`${path} cannot be used: ${reason}.${isMoved ? ` It is in ${target} now.` : ''}`)
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

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
