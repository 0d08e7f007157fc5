// `@uppy/aws-s3` 5, which sends parts side by side, against Companion, as `aws-s3.ts`. The bundler gives it an `@uppy/core` of version 5.
import Uppy from '@uppy/core'
import AwsS3 from 'uppy-aws-s3-5'
import type { PrepareUpload } from '../page-client.js'
import { asUpload } from './run-uppy.js'

const PART_BYTES = 8 * 1024 ** 2

export const prepare: PrepareUpload = async (files) => {
  const uppy = new Uppy().use(AwsS3, {
    endpoint: `${location.origin}/uploads`,
    shouldUseMultipart: ({ size }) => (size ?? 0) > PART_BYTES,
    getChunkSize: () => PART_BYTES,
  })
  return asUpload(uppy, files)
}
