// The part list of a CompleteMultipartUpload request.
import { type Checksum, checksumAlgorithms } from '../bodies/checksums.js'
import { S3Error } from '../s3-error.js'
import { XmlReader } from '../xml.js'

export interface ListedPart {
  partNumber: number
  /** Without quotes. */
  etag: string
  checksums: Checksum[]
}

const maxParts = 10_000

/** @throws S3Error MalformedXML, or InvalidPartOrder unless the part numbers ascend */
export function readListedParts(text: string): ListedPart[] {
  const parts = XmlReader.parse(text, 'CompleteMultipartUpload').children('Part').map(readPart)
  if (parts.length === 0 || parts.length > maxParts) throw new S3Error('MalformedXML')
  let previous = 0
  for (const { partNumber } of parts) {
    if (partNumber <= previous) throw new S3Error('InvalidPartOrder')
    previous = partNumber
  }
  return parts
}

function readPart(part: XmlReader): ListedPart {
  const partNumber = part.text('PartNumber')?.trim() ?? ''
  const etag = part.text('ETag')?.trim()
  if (!/^\d{1,5}$/.test(partNumber) || etag === undefined) throw new S3Error('MalformedXML')
  const checksums = checksumAlgorithms.flatMap((algorithm) => {
    const value = part.text(`Checksum${algorithm}`)
    return value === undefined ? [] : [{ algorithm, value }]
  })
  return { partNumber: Number(partNumber), etag: etag.replace(/^"(.*)"$/, '$1'), checksums }
}
