// An unmodified @uppy/aws-s3 6 that signs through the middleware's Companion routes.
import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'

const multipart = new URLSearchParams(location.search).has('multipart')
const uppy = new Uppy().use(AwsS3, {
  companionEndpoint: `${location.origin}/uploads`,
  shouldUseMultipart: () => multipart,
})

Object.assign(window, { uppy })
