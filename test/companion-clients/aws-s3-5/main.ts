// An unmodified @uppy/aws-s3 5 that signs through the middleware's Companion routes.
// The bundler's alias makes `@uppy/core` the version 5 that this plugin is made for, also inside the plugin.
import Uppy from '@uppy/core'
import AwsS3 from 'uppy-aws-s3-5'

const query = new URLSearchParams(location.search)
const multipart = query.has('multipart')
const endpoint = `${location.origin}${query.get('endpoint') ?? '/uploads'}`
const uppy = new Uppy().use(AwsS3, {
  endpoint,
  shouldUseMultipart: () => multipart,
})

Object.assign(window, { uppy })
