// After: the middleware in its place. Pages with @uppy/aws-s3 go on working.
import { partway } from '@partway/koa'
import express from 'express'
import Koa from 'koa'

const { APP_SECRET = '', S3_BUCKET = '', PORT = '3000' } = process.env

const uploads = new Koa()
uploads.keys = [APP_SECRET]
// Region, credentials and endpoint are where the AWS SDK looks for them.
uploads.use(
  // For pages with @uppy/aws-s3; without `companion` once there are none.
  partway({ bucket: S3_BUCKET, forcePathStyle: true, path: '/', companion: true, owner: 'anonymous' }),
)

const app = express()
app.use('/companion', uploads.callback())
app.use(express.static('dist'))
app.listen(Number(PORT), () => console.log(`http://localhost:${PORT}`))
