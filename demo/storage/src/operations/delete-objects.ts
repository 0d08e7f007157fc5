// DeleteObject, and DeleteObjects for up to 1,000 keys in one request.
import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import { type XmlElement, XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'

const maxKeys = 1000

/** Without `If-Match` it succeeds even if there is no such object. */
export async function deleteObject(request: S3Request): Promise<S3Response> {
  await bucketOf(request).deleteObject(request.key, header(request, 'if-match'))
  return { status: 204, headers: {} }
}

export async function deleteObjects(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const hasIntegrity = Object.keys(request.message.headers).some(
    (name) => name === 'content-md5' || name.startsWith('x-amz-checksum-') || name === 'x-amz-trailer',
  )
  if (!hasIntegrity) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5')
  }
  const document = XmlReader.parse(await receiveText(request), 'Delete')
  const objects = document.children('Object').map(readObject)
  if (objects.length === 0 || objects.length > maxKeys) throw new S3Error('MalformedXML')
  const deleted: XmlElement[] = []
  const errors: XmlElement[] = []
  for (const { key, etag } of objects) {
    try {
      await bucket.deleteObject(key, etag)
      deleted.push({ Key: key })
    } catch (error) {
      if (!(error instanceof S3Error)) throw error
      errors.push({ Key: key, Code: error.code, Message: error.message })
    }
  }
  const isQuiet = document.text('Quiet') === 'true'
  return xmlResponse('DeleteResult', { ...(!isQuiet && { Deleted: deleted }), Error: errors })
}

/** @throws S3Error NotImplemented for another version, or a condition that is not checked */
function readObject(object: XmlReader): { key: string; etag: string | undefined } {
  const key = object.text('Key')
  if (key === undefined) throw new S3Error('MalformedXML')
  if (!object.names().every((name) => name === 'Key' || name === 'ETag')) throw new S3Error('NotImplemented')
  return { key, etag: object.text('ETag') }
}
