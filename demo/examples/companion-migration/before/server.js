// Before: an Express app with Companion.
import { tmpdir } from 'node:os'
import { app as companion } from '@uppy/companion'
import express from 'express'

const {
  APP_SECRET = '',
  S3_BUCKET = '',
  AWS_REGION,
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  AWS_ENDPOINT_URL_S3,
  PORT = '3000',
} = process.env

const uploads = companion({
  secret: APP_SECRET,
  filePath: tmpdir(),
  server: { host: `localhost:${PORT}`, protocol: 'http', path: '/companion' },
  corsOrigins: [`http://localhost:${PORT}`],
  s3: {
    bucket: S3_BUCKET,
    region: AWS_REGION,
    key: AWS_ACCESS_KEY_ID,
    secret: AWS_SECRET_ACCESS_KEY,
    endpoint: AWS_ENDPOINT_URL_S3,
    forcePathStyle: true,
  },
})

const app = express()
app.use('/companion', uploads.app)
app.use(express.static('dist'))
app.listen(Number(PORT), () => console.log(`http://localhost:${PORT}`))
