// A page whose Uppy signs for itself, with what the server gives it for a while.
import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'

export { AwsS3 }
export const uppy = new Uppy().use(Dashboard, { inline: true, target: '#drop' })
