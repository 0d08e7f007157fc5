// After: the middleware in its place. Pages with @uppy/aws-s3 continue to work.
import { partway } from '@partway/koa'
import express from 'express'
import Koa from 'koa'

const { APP_SECRET = '', S3_BUCKET = '', PORT = '3000' } = process.env

const uploads = new Koa()
uploads.keys = [APP_SECRET]
// The AWS SDK finds region, credentials and endpoint.
uploads.use(
  // For pages with @uppy/aws-s3; remove `companion` when there are none.
  partway({ bucket: S3_BUCKET, forcePathStyle: true, path: '/', companion: true, owner: 'anonymous' }),
)

const app = express()
app.use('/companion', uploads.callback())
app.use(express.static('dist'))
app.listen(Number(PORT), () => console.log(`http://localhost:${PORT}`))
