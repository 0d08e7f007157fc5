// `@uppy/aws-s3` against Companion, with its defaults but for the parts: as large as ours, for files of the same size.
import AwsS3 from '@uppy/aws-s3'
import type { PrepareUpload } from '../page-client.js'
import { prepareUppy } from './run-uppy.js'

const PART_BYTES = 8 * 1024 ** 2

export const prepare: PrepareUpload = async (files) =>
  prepareUppy(files, (uppy) =>
    uppy.use(AwsS3, {
      companionEndpoint: `${location.origin}/uploads`,
      shouldUseMultipart: ({ size }) => (size ?? 0) > PART_BYTES,
      getChunkSize: () => PART_BYTES,
    }),
  )
