// GetObjectAttributes: what is known of an object and of its parts, without its bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'
import type { XmlElement } from '../xml.js'
import { xmlResponse } from '../xml-response.js'
import { checksumElements } from './checksum-fields.js'
import { partsOf } from './object-parts.js'
import { readNumber, readPageSize } from './paging.js'
import { checkReadConditions, validators } from './read-conditions.js'

const attributes = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize']

export async function getObjectAttributes(request: S3Request): Promise<S3Response> {
  const asked = readAttributes(request)
  const object = bucketOf(request).object(request.key)
  checkReadConditions(request, object)
  const known: XmlElement = {
    ETag: object.etag,
    Checksum: object.checksum && checksumElements(object.checksum),
    ObjectParts: object.uploadId === undefined ? undefined : describeParts(request, object),
    StorageClass: 'STANDARD',
    ObjectSize: object.size,
  }
  const { 'last-modified': lastModified } = validators(object)
  return xmlResponse(
    'GetObjectAttributesResponse',
    Object.fromEntries(asked.map((name) => [name, known[name]])),
    { 'last-modified': lastModified },
  )
}

function readAttributes(request: S3Request): string[] {
  const text = header(request, 'x-amz-object-attributes') ?? ''
  const asked = text.split(',').map((name) => name.trim())
  if (!asked.every((name) => attributes.includes(name))) {
    throw new S3Error('InvalidArgument', 'Invalid attribute name specified.', {
      ArgumentName: 'x-amz-object-attributes',
      ArgumentValue: text,
    })
  }
  return asked
}

/** S3 lists parts only if they have checksums; otherwise it tells their number. */
function describeParts(request: S3Request, object: ObjectRecord): XmlElement {
  const parts = partsOf(object)
  const paging = new URLSearchParams({
    'max-parts': header(request, 'x-amz-max-parts') ?? '',
    'part-number-marker': header(request, 'x-amz-part-number-marker') ?? '',
  })
  const marker = readNumber(paging, 'part-number-marker') ?? 0
  const pageSize = readPageSize(paging, 'max-parts')
  const beyond = parts.filter(({ partNumber }) => partNumber > marker)
  const page = beyond.slice(0, pageSize)
  const count = { PartsCount: parts.length }
  if (!parts.some(({ checksum }) => checksum)) return count
  return {
    ...count,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? marker,
    MaxParts: pageSize,
    IsTruncated: beyond.length > page.length,
    Part: page.map(({ partNumber, size, checksum }) => ({
      PartNumber: partNumber,
      Size: size,
      ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
    })),
  }
}
