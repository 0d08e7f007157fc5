// An unmodified @uppy/aws-s3 5 that signs through the middleware's Companion routes.
// The bundler's alias makes `@uppy/core` the version 5 that this plugin is made for, also inside the plugin.
import Uppy from '@uppy/core'
import AwsS3 from 'uppy-aws-s3-5'

const multipart = new URLSearchParams(location.search).has('multipart')
const uppy = new Uppy().use(AwsS3, {
  endpoint: `${location.origin}/uploads`,
  shouldUseMultipart: () => multipart,
})

Object.assign(window, { uppy })
