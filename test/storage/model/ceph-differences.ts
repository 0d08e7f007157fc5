// Where Ceph 18 is known to answer otherwise than AWS documents. What meets one of these is not played on Ceph.
import type { Answer } from './operation.js'

interface Difference {
  what: string
  /** @param name of the operation, with its arguments @param expected what AWS documents */
  isMet(name: string, expected: Answer): boolean
}

const named = (pattern: RegExp) => (name: string) => pattern.test(name)

const differences: Difference[] = [
  {
    what: 'Ceph neither compares nor keeps checksums other than Content-MD5',
    isMet: named(/^(PutObject|CreateMultipartUpload) .*"algorithm":"(CRC32|SHA1|SHA256)"/),
  },
  {
    what: 'If-Match of a PutObject knows ETags without quotes only, and is not met by a missing object: 412',
    isMet: named(/^PutObject .*"condition":"(same|other)"/),
  },
  {
    what: 'A completion looks at no condition',
    isMet: named(/^CompleteMultipartUpload .*"condition"/),
  },
  {
    what: 'ListParts of an upload that is over is NoSuchKey',
    isMet: (name, { code }) => name.startsWith('ListParts ') && code === 'NoSuchUpload',
  },
  {
    what: 'ListMultipartUploads with a delimiter leaves out common prefixes',
    isMet: named(/^ListMultipartUploads .*"delimiter":"[^"]/),
  },
]

export function differsOnCeph(name: string, expected: Answer): boolean {
  return differences.some(({ isMet }) => isMet(name, expected))
}
