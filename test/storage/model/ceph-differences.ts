// Where Ceph 18 is known to answer otherwise than AWS documents. What meets one of these is not played on Ceph.
import type { Answer, Operation } from './operation.js'
import { type Model, pickKey, pickUpload } from './s3-model.js'

interface Difference {
  what: string
  /** @param expected what AWS documents */
  isMet(operation: Operation, expected: Answer, model: Readonly<Model>): boolean
}

const named =
  (pattern: RegExp) =>
  ({ name }: Operation) =>
    pattern.test(name)

const differences: Difference[] = [
  {
    what: 'Ceph neither compares nor keeps checksums other than Content-MD5',
    isMet: named(/^(PutObject|CreateMultipartUpload|UploadPart) .*"algorithm":"(CRC32|SHA1|SHA256)"/),
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
    what: 'A completion has to name all parts that there are',
    isMet: named(/^CompleteMultipartUpload .*"left":[1-9]/),
  },
  {
    what: 'A completion looks at the sizes of parts before their order and ETags',
    isMet: (_, { code }) => code === 'InvalidPartOrder' || code === 'InvalidPart',
  },
  {
    what: 'A completion of an upload that is over, or never was, is InternalError; a repeated one has no ETag',
    isMet({ name, pick }, _, model) {
      if (!name.startsWith('CompleteMultipartUpload ') || !pick) return false
      return model.uploads[pickUpload(model, pick) ?? -1]?.isOver ?? true
    },
  },
  {
    what: 'A large body that is refused before it is read loses the reply, now and then',
    isMet: ({ name }, { code }) => code === 'NoSuchUpload' && /^UploadPart .*"size":\d{6}/.test(name),
  },
  {
    what: 'ListParts of an upload that is over is NoSuchKey',
    isMet: ({ name }, { code }) => name.startsWith('ListParts ') && code === 'NoSuchUpload',
  },
  {
    what: 'ListMultipartUploads with a delimiter leaves out common prefixes',
    isMet: named(/^ListMultipartUploads .*"delimiter":"[^"]/),
  },
  {
    what: 'Pages with a delimiter of several characters leave out keys',
    isMet: named(/^ListObjectsV2 .*"delimiter":"[^"]{2}/),
  },
  {
    what: 'Uploads of one key are listed in the order of their ids, and not of their creation',
    isMet({ name }, _, { uploads }) {
      const keys = uploads.filter(({ isOver }) => !isOver).map(({ key }) => key)
      return name.startsWith('ListMultipartUploads ') && new Set(keys).size < keys.length
    },
  },
  {
    what: 'A key marker without an upload id does not leave out the uploads of that key',
    isMet: named(/^ListMultipartUploads .*"startAfter":"[^"]/),
  },
  {
    what: 'A range that ends before it begins is not ignored: 416',
    isMet({ name }) {
      const [, first, last] = /"range":"bytes=(\d+)-(\d+)"/.exec(name) ?? []
      return Number(first) > Number(last)
    },
  },
  {
    what: 'A copy keeps the ETag of the parts',
    isMet({ name, pick, otherwise }, _, model) {
      if (!name.startsWith('CopyObject ') || !pick || !otherwise) return false
      return model.objects.get(pickKey(model, pick, otherwise))?.upload !== undefined
    },
  },
]

export function differsOnCeph(operation: Operation, expected: Answer, model: Readonly<Model>): boolean {
  return differences.some(({ isMet }) => isMet(operation, expected, model))
}
