// Which objects' ETags are taken for their MD5. Of any other, a file whose MD5 differs would be deleted though it is right.
import { expect, test } from 'vitest'
import { toObjectHead } from '../../../server/core/src/s3/sdk-shapes.js'

const md5 = '"0123456789abcdef0123456789abcdef"'

test.each([
  [md5, undefined, true],
  [md5, 'AES256', true],
  [md5.replaceAll('"', ''), undefined, true],
  [md5, 'aws:kms', false],
  [md5, 'aws:kms:dsse', false],
  [md5, 'aws:fsx', false],
  ['"0123456789abcdef0123456789abcdef-1"', undefined, false],
  ['"0123456789abcdef"', undefined, false],
  [undefined, undefined, false],
])('%s, encrypted with %s: %s', (ETag, ServerSideEncryption, isMd5) => {
  const head = toObjectHead({ ETag, ServerSideEncryption: ServerSideEncryption as never, $metadata: {} })
  expect(head.md5Etag).toBe(isMd5)
})
