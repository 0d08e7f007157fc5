// An S3 client that takes this process's clock for right, where that has been moved: Node dates replies by the real one.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'

export function createClient(config: S3ClientConfig): S3Client {
  const client = new S3Client({ ...config, forcePathStyle: true })
  Object.defineProperty(client.config, 'systemClockOffset', { get: () => 0, set: () => {} })
  return client
}
