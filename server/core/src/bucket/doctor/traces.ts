// Notes what the doctor makes in the bucket, before it is made: all below one prefix.
import { randomUUID } from 'node:crypto'
import type { DeleteObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ChecksumKind } from '../../protocol.js'
import { describeObject, MAX_METADATA_BYTES, type ObjectHeaders } from '../../rules/object-headers.js'
import type { CreatedUpload, ObjectAddress, S3, UploadAddress } from '../../s3/s3.js'
import { readFailure } from '../../s3/s3-errors.js'

export class Traces {
  readonly bucket: string
  /** Prefix of all that the doctor makes. */
  readonly prefix: string
  /** What `prefix` starts with. */
  readonly keyPrefix: string
  readonly objects = new Map<string, ObjectAddress>()
  readonly uploads: UploadAddress[] = []
  /** Keys of uploads whose creation got no answer, so they may exist. */
  readonly unanswered: string[] = []
  /** A deletion has shown that the bucket keeps versions. */
  keepsVersions = false

  /** @param keyPrefix of the uploads, or of the journal */
  constructor(bucket: string, keyPrefix: string) {
    this.bucket = bucket
    this.keyPrefix = keyPrefix
    this.prefix = `${keyPrefix}partway-doctor/${randomUUID()}/`
  }

  /** An address at which nothing will be made. */
  nothing(name: string): ObjectAddress {
    return { bucket: this.bucket, key: this.prefix + name }
  }

  /** An address at which an object may be made. */
  object(name: string): ObjectAddress {
    const address = this.nothing(name)
    this.objects.set(address.key, address)
    return address
  }

  noteDeletion({ VersionId, DeleteMarker }: DeleteObjectCommandOutput): void {
    this.keepsVersions ||= VersionId !== undefined || DeleteMarker === true
  }

  /** Creates a multipart upload as the middleware does. */
  async upload(s3: S3, name: string, checksum?: ChecksumKind): Promise<UploadAddress & CreatedUpload> {
    const object = this.object(name)
    try {
      const created = await s3.createMultipartUpload(object, describeProbe(), checksum)
      const upload = { ...object, ...created }
      this.uploads.push(upload)
      return upload
    } catch (error) {
      const { status } = readFailure(error instanceof Error ? (error.cause ?? error) : error)
      if (status === undefined) this.unanswered.push(object.key)
      throw error
    }
  }
}

/** Headers of a probe object, described like every upload. */
export function describeProbe(): ObjectHeaders {
  const file = { id: randomUUID(), name: 'probe.txt', type: 'text/plain', metadata: {} }
  return describeObject(file, {}, MAX_METADATA_BYTES)
}
