// Companion as an app would mount it, with nothing but S3.
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { app as companion } from '@uppy/companion'

export interface CompanionSetting {
  bucket: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  endpoint: string
  /** Seconds that a signed URL is good for. */
  urlExpiresInSeconds: number
}

/** @returns what answers `/s3/…` */
export function createCompanion(setting: CompanionSetting): RequestListener {
  const { bucket, region, credentials, endpoint, urlExpiresInSeconds } = setting
  const { app } = companion({
    secret: 'a secret for tests that is long enough',
    filePath: tmpdir(),
    server: { host: '127.0.0.1', protocol: 'http' },
    corsOrigins: true,
    metrics: false,
    // Where Companion itself may send files to; in production it does not start without.
    uploadUrls: [endpoint],
    s3: {
      bucket,
      region,
      key: credentials.accessKeyId,
      secret: credentials.secretAccessKey,
      endpoint,
      forcePathStyle: true,
      expires: urlExpiresInSeconds,
    },
  })
  return app as RequestListener
}
