// CopyObject: its own bytes, so that the copy outlives the source, under the source's description or a new one.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import type { Description } from '../state/records.js'
import { xmlResponse } from '../xml-response.js'
import { checksumElements } from './checksum-fields.js'
import { copyBytes, findSource, readAlgorithm } from './copy-source.js'
import { headerEntries } from './header-entries.js'
import { encryptionHeaders, readDescription } from './object-description.js'
import { makeObject, readWriteCondition } from './put-object.js'

export async function copyObject(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const { key } = request
  const condition = readWriteCondition(request)
  const named = readDescription(headerEntries(request))
  const replaced = { metadata: isReplaced(request, 'metadata'), tags: isReplaced(request, 'tagging') }
  const algorithm = readAlgorithm(request)
  condition(bucket, key)
  const source = findSource(request)
  const isItself = source.bucket === bucket && source.object.key === key
  if (isItself && !replaced.metadata && !named.encryption) {
    throw new S3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  }
  const whole = { start: 0, end: source.object.size - 1 }
  const body = await copyBytes(source, whole, bucket, algorithm ?? source.object.checksum?.algorithm)
  const description = mix(source.object, named, replaced)
  const object = await makeObject(bucket, key, body, description, condition)
  return xmlResponse(
    'CopyObjectResult',
    {
      LastModified: object.lastModified,
      ETag: `"${object.etag}"`,
      ...checksumElements(object.checksum),
    },
    encryptionHeaders(object),
  )
}

/** `x-amz-metadata-directive` or `x-amz-tagging-directive`. */
function isReplaced(request: S3Request, what: 'metadata' | 'tagging'): boolean {
  const directive = header(request, `x-amz-${what}-directive`) ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw new S3Error('InvalidArgument', `Unknown ${what} directive.`, {
      ArgumentName: `x-amz-${what}-directive`,
      ArgumentValue: directive,
    })
  }
  return directive === 'REPLACE'
}

/** The encryption is always that of the request. */
function mix(
  source: Description,
  named: Description,
  replaced: { metadata: boolean; tags: boolean },
): Description {
  const { headers, metadata } = replaced.metadata ? named : source
  const { tags } = replaced.tags ? named : source
  const { encryption } = named
  return { headers, metadata, ...(tags && { tags }), ...(encryption && { encryption }) }
}
