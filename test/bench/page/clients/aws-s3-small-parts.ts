// `@uppy/aws-s3` with S3's smallest parts, for all files.
import AwsS3 from '@uppy/aws-s3'
import type { PrepareUpload } from '../page-client.js'
import { prepareUppy } from './run-uppy.js'

const PART_BYTES = 5 * 1024 ** 2

export const prepare: PrepareUpload = async (files) =>
  prepareUppy(files, (uppy) =>
    uppy.use(AwsS3, {
      companionEndpoint: `${location.origin}/uploads`,
      shouldUseMultipart: true,
      getChunkSize: () => PART_BYTES,
    }),
  )
