// Headers, or fields of a form, that this store would have to obey and cannot: to ignore one would be a false promise.
import { checksumAlgorithms, headerName } from '../bodies/checksums.js'
import { S3Error } from '../s3-error.js'

const unsupported =
  /^x-amz-((copy-source-)?server-side-encryption.*|storage-class|website-redirect-location|(bucket-)?object-lock-.*|object-ownership|(source-)?expected-bucket-owner|write-offset-bytes|checksum-.*)$/

/** Values that ask for what the store does anyway, or that it can record. */
const supported: Readonly<Record<string, string>> = {
  'x-amz-server-side-encryption': 'AES256',
  'x-amz-server-side-encryption-bucket-key-enabled': 'false',
  'x-amz-storage-class': 'STANDARD',
  'x-amz-bucket-object-lock-enabled': 'false',
  'x-amz-object-ownership': 'BucketOwnerEnforced',
}
const checksumNames = [
  ...checksumAlgorithms.map(headerName),
  ...['algorithm', 'mode', 'type'].map((name) => `x-amz-checksum-${name}`),
]

/** @throws S3Error NotImplemented */
export function refuseUnsupported(name: string, value: string): void {
  if (!unsupported.test(name) || supported[name] === value || checksumNames.includes(name)) return
  throw new S3Error('NotImplemented', undefined, { Header: name })
}
