// Makes one object of the parts of an upload: which parts, its ETag and its checksum.
import { createHash } from 'node:crypto'
import { type Checksum, type ChecksumType, createHasher, defaultChecksum } from '../bodies/checksums.js'
import { combineCrcs } from '../bodies/combine-crc.js'
import { S3Error } from '../s3-error.js'
import type { Upload } from '../state/bucket.js'
import type { ObjectRecord, PartRecord } from '../state/records.js'
import type { ListedPart } from './listed-parts.js'

const minPartSize = 5 * 1024 * 1024

/** @throws S3Error if a part is not there as it is listed, or too small */
export function pickParts({ record, parts }: Upload, listed: ListedPart[]): PartRecord[] {
  return listed.map(({ partNumber, etag, checksums }, index) => {
    const part = parts.get(partNumber)
    const isStored = part?.etag === etag
    const isSame = checksums.every(
      ({ algorithm, value }) => record.checksum?.algorithm === algorithm && part?.checksum?.value === value,
    )
    if (!part || !isStored || !isSame) {
      throw new S3Error('InvalidPart', undefined, {
        UploadId: record.uploadId,
        PartNumber: `${partNumber}`,
        ETag: etag,
      })
    }
    if (record.checksum?.type === 'COMPOSITE' && checksums.length === 0) {
      const algorithm = record.checksum.algorithm.toLowerCase()
      throw new S3Error(
        'InvalidRequest',
        `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`,
      )
    }
    if (part.size < minPartSize && index < listed.length - 1) {
      throw new S3Error('EntityTooSmall', undefined, {
        ProposedSize: `${part.size}`,
        MinSizeAllowed: `${minPartSize}`,
        PartNumber: `${partNumber}`,
        ETag: part.etag,
      })
    }
    return part
  })
}

/** The object that the parts make. */
export async function assemble({ record }: Upload, parts: PartRecord[]): Promise<ObjectRecord> {
  const { initiated: _, checksum: asked, ...kept } = record
  const checksum = await combineChecksums(asked ?? defaultChecksum, parts)
  return {
    ...kept,
    size: parts.reduce((total, { size }) => total + size, 0),
    etag: etagOf(parts.map(({ etag }) => etag)),
    lastModified: new Date().toISOString(),
    segments: parts.map(({ dataId, size }) => ({ dataId, size })),
    parts: parts.map((part) => ({
      partNumber: part.partNumber,
      ...(asked && part.checksum && { checksum: part.checksum.value }),
    })),
    ...(checksum && { checksum }),
  }
}

/** The MD5 of the parts' MD5s, and their number. */
export function etagOf(etags: string[]): string {
  const md5s = Buffer.concat(etags.map((etag) => Buffer.from(etag, 'hex')))
  return `${createHash('md5').update(md5s).digest('hex')}-${etags.length}`
}

async function combineChecksums(
  { algorithm, type }: NonNullable<Upload['record']['checksum']>,
  parts: PartRecord[],
): Promise<(Checksum & { type: ChecksumType }) | undefined> {
  const values = parts.flatMap(({ checksum, size }) =>
    checksum?.algorithm === algorithm ? [{ value: checksum.value, size }] : [],
  )
  // Older records of parts have no checksum but the one that the client declared.
  if (values.length < parts.length) return undefined
  if (type === 'FULL_OBJECT') return { algorithm, type, value: combineCrcs(algorithm, values) }
  const hasher = await createHasher(algorithm)
  for (const { value } of values) hasher.update(Buffer.from(value, 'base64'))
  return { algorithm, type, value: `${hasher.digest().value}-${parts.length}` }
}
