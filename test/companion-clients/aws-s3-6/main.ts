// An unmodified @uppy/aws-s3 6 that signs through the middleware's Companion routes.
import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'

const query = new URLSearchParams(location.search)
const multipart = query.has('multipart')
const endpoint = `${location.origin}${query.get('endpoint') ?? '/uploads'}`
const uppy = new Uppy().use(AwsS3, {
  companionEndpoint: endpoint,
  shouldUseMultipart: () => multipart,
})

Object.assign(window, { uppy })
