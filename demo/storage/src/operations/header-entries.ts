// All headers of a request, several of one name in one line, and what a presigned URL has in place of headers.
import type { S3Request } from '../s3-request.js'

/**
 * What the AWS SDKs move into the query of a URL that they presign, and S3 takes from there. `x-amz-tagging` is not among it:
 * S3 ignores it there. https://github.com/aws/aws-sdk-js-v3/issues/4694 and issues/3496
 */
const hoisted =
  /^x-amz-(meta-.+|acl|grant-.+|server-side-encryption.*|storage-class|website-redirect-location|object-lock-.+)$/

export function headerEntries({ message, query }: Pick<S3Request, 'message' | 'query'>): [string, string][] {
  const headers = Object.entries(message.headersDistinct)
  return [
    ...[...query].filter(([name]) => hoisted.test(name)).map(toHeader),
    ...headers.map(([name, values]): [string, string] => [name, values?.join(',') ?? '']),
  ]
}

/** Text as a header carries it: its UTF-8 bytes, which Node writes and reads as Latin-1. */
export function toHeaderBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function toHeader([name, value]: [string, string]): [string, string] {
  return [name, toHeaderBytes(value)]
}
