// DeleteObject, and DeleteObjects for up to 1,000 keys in one request.
import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import { type XmlElement, XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'

const maxKeys = 1000

/** Succeeds also when there is no such object. */
export async function deleteObject(request: S3Request): Promise<S3Response> {
  await bucketOf(request).deleteObject(request.key)
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
  const keys = document.children('Object').map((object) => object.text('Key'))
  if (keys.length === 0 || keys.length > maxKeys) throw new S3Error('MalformedXML')
  const deleted: XmlElement[] = []
  for (const key of keys) {
    if (key === undefined) throw new S3Error('MalformedXML')
    await bucket.deleteObject(key)
    deleted.push({ Key: key })
  }
  const isQuiet = document.text('Quiet') === 'true'
  return xmlResponse('DeleteResult', isQuiet ? {} : { Deleted: deleted })
}
