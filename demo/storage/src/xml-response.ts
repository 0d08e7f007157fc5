// A reply that is an XML document.
import type { S3Response } from './s3-request.js'
import { renderXml, type XmlElement } from './xml.js'

export function xmlResponse(
  root: string,
  content: XmlElement,
  headers: Record<string, string> = {},
): S3Response {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: renderXml(root, content),
  }
}
