// The S3 port over the AWS SDK.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type ObjectCannedACL,
  type S3Client,
  type StorageClass,
} from '@aws-sdk/client-s3'
import { PartwayError } from '../errors.js'
import type { ChecksumKind, StoredPart } from '../protocol.js'
import { CRC64NVME } from '../rules/checksums.js'
import type { ObjectHeaders } from '../rules/object-headers.js'
import { tagQuery } from '../rules/object-options.js'
import { listObjects, listPage } from './list-objects.js'
import type {
  CreatedUpload,
  ListedObject,
  ListedPart,
  ObjectAddress,
  ObjectHead,
  ObjectsPage,
  PutCondition,
  S3,
  StoredText,
  UploadAddress,
  WholeObject,
} from './s3.js'
import { readFailure, rethrow, undefinedIf } from './s3-errors.js'
import { hasMd5Etag, toCompletedPart, toListedPart, toObjectHead } from './sdk-shapes.js'
import { putText, readText } from './sdk-texts.js'

export class SdkS3 implements S3 {
  readonly #client: S3Client
  readonly #timeoutMs: number

  /** @param timeoutMs for each call, the SDK's retries included */
  constructor(client: S3Client, timeoutMs: number) {
    this.#client = client
    this.#timeoutMs = timeoutMs
  }

  async createMultipartUpload(
    object: ObjectAddress,
    headers: ObjectHeaders,
    checksum?: ChecksumKind,
  ): Promise<CreatedUpload> {
    const additional = checksum === 'crc64nvme' ? CRC64NVME : undefined
    const command = new CreateMultipartUploadCommand({
      Bucket: object.bucket,
      Key: object.key,
      ContentType: headers.contentType,
      ContentDisposition: headers.contentDisposition,
      Metadata: headers.metadata,
      ACL: headers.options.acl as ObjectCannedACL | undefined,
      ServerSideEncryption: headers.options.serverSideEncryption,
      SSEKMSKeyId: headers.options.sseKmsKeyId,
      StorageClass: headers.options.storageClass as StorageClass | undefined,
      CacheControl: headers.options.cacheControl,
      Tagging: headers.options.tags && tagQuery(headers.options.tags),
      ChecksumAlgorithm: additional?.algorithm,
      ChecksumType: additional?.type,
    })
    const { UploadId: uploadId, ServerSideEncryption: encryption } = await this.#client
      .send(command, this.#limit())
      .catch(rethrow('s3:PutObject'))
    if (uploadId === undefined) throw new Error('S3 gave no UploadId for a new multipart upload')
    return { uploadId, md5Etags: hasMd5Etag(encryption) }
  }

  async listParts(
    { bucket, key, uploadId }: UploadAddress,
    signal?: AbortSignal,
  ): Promise<ListedPart[] | undefined> {
    const upload = { Bucket: bucket, Key: key, UploadId: uploadId }
    const parts: ListedPart[] = []
    let marker: string | undefined
    do {
      const page = await this.#client
        .send(new ListPartsCommand({ ...upload, PartNumberMarker: marker }), this.#limit(signal))
        .catch(rethrowReason(signal))
        .catch(undefinedIf(isGone, 's3:ListMultipartUploadParts'))
      if (!page) return undefined
      parts.push(...(page.Parts ?? []).map(toListedPart))
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined
    } while (marker !== undefined)
    return parts
  }

  async completeMultipartUpload(
    { bucket, key, uploadId }: UploadAddress,
    parts: StoredPart[],
    { size, checksum }: WholeObject,
  ): Promise<boolean> {
    const command = new CompleteMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
      MpuObjectSize: size,
      MultipartUpload: { Parts: parts.map(toCompletedPart) },
      ...(checksum && {
        ChecksumType: CRC64NVME.type,
        [CRC64NVME.field]: checksum.value,
      }),
    })
    const completed = await this.#client
      .send(command, this.#limit())
      .catch(undefinedIf(isUncertain, 's3:PutObject'))
      .catch(rethrowPartRefusal)
    return completed !== undefined
  }

  async abortMultipartUpload({ bucket, key, uploadId }: UploadAddress): Promise<boolean> {
    const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId })
    const aborted = await this.#client
      .send(command, this.#limit())
      .catch(undefinedIf(isGone, 's3:AbortMultipartUpload'))
    return aborted !== undefined
  }

  async headObject({ bucket, key }: ObjectAddress, withChecksum = false): Promise<ObjectHead | undefined> {
    const mode = withChecksum ? 'ENABLED' : undefined
    const head = await this.#client
      .send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: mode }), this.#limit())
      .catch(undefinedIf(isMissing, 's3:GetObject'))
    return head && toObjectHead(head)
  }

  listObjects(bucket: string, prefix: string): Promise<ReadonlyMap<string, ListedObject>> {
    return listObjects(this.#client, bucket, prefix, this.#limit())
  }

  listPage(bucket: string, prefix: string, after?: string): Promise<ObjectsPage> {
    return listPage(this.#client, { bucket, prefix, after }, this.#limit())
  }

  put(object: ObjectAddress, body: string, condition: PutCondition): Promise<boolean> {
    return putText(this.#client, object, body, condition, () => this.#limit())
  }

  read(object: ObjectAddress): Promise<StoredText | undefined> {
    return readText(this.#client, object, this.#limit())
  }

  async readStart({ bucket, key }: ObjectAddress, length: number, etag: string): Promise<Uint8Array> {
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      Range: `bytes=0-${length - 1}`,
      IfMatch: etag,
    })
    const limit = this.#limit()
    const { Body } = await this.#client.send(command, limit).catch(rethrow('s3:GetObject'))
    return (await Body?.transformToByteArray()) ?? new Uint8Array()
  }

  async deleteObject({ bucket, key }: ObjectAddress, etag?: string): Promise<boolean> {
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag })
    const deleted = await this.#client
      .send(command, this.#limit())
      .catch(undefinedIf(isOther, 's3:DeleteObject'))
    return deleted !== undefined
  }

  #limit(signal?: AbortSignal): { abortSignal: AbortSignal } {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    return { abortSignal: signal ? AbortSignal.any([timeout, signal]) : timeout }
  }
}

// Ceph answers NoSuchKey where AWS and Swift answer NoSuchUpload.
const isGone = (error: unknown) => ['NoSuchUpload', 'NoSuchKey'].includes(readFailure(error).name)

// Ceph answers InternalError for an aborted upload; elsewhere it can follow a completion that succeeded.
const isUncertain = (error: unknown) => isGone(error) || readFailure(error).name === 'InternalError'

// AWS answers 404 to a condition on a missing object.
const isOther = (error: unknown) => [404, 412].includes(readFailure(error).status ?? 0)

const isMissing = (error: unknown) => readFailure(error).status === 404

// The SDK throws its own error instead of the signal's reason.
function rethrowReason(signal: AbortSignal | undefined): (error: unknown) => never {
  return (error) => {
    throw signal?.aborted ? signal.reason : error
  }
}

function rethrowPartRefusal(error: unknown): never {
  const { name } = readFailure(error)
  if (name === 'EntityTooSmall') {
    const message = 'A part other than the last is under 5 MiB. Send larger parts, then complete again.'
    throw new PartwayError('part_size_mismatch', message, { cause: error })
  }
  if (name === 'InvalidPart' || name === 'InvalidPartOrder') {
    const message = 'The parts changed while the upload was being completed. Complete it again.'
    throw new PartwayError('part_mismatch', message, { cause: error })
  }
  if (name === 'BadDigest') {
    const message =
      'The checksum of the whole is not that of the parts on S3. Compare them, then complete again.'
    throw new PartwayError('part_mismatch', message, { cause: error })
  }
  throw error
}
