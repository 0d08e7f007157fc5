// A checksum in a reply: as headers, or as elements of a document.
import { type Checksum, type ChecksumType, headerName } from '../bodies/checksums.js'

type Replied = (Checksum & { type?: ChecksumType }) | undefined

export function checksumHeaders(checksum: Replied): Record<string, string> {
  if (!checksum) return {}
  return {
    [headerName(checksum.algorithm)]: checksum.value,
    ...(checksum.type && { 'x-amz-checksum-type': checksum.type }),
  }
}

export function checksumElements(checksum: Replied): Record<string, string> {
  if (!checksum) return {}
  return {
    [`Checksum${checksum.algorithm}`]: checksum.value,
    ...(checksum.type && { ChecksumType: checksum.type }),
  }
}
