// All headers of a request, several of one name in one line.
import type { S3Request } from '../s3-request.js'

export function headerEntries({ message }: Pick<S3Request, 'message'>): [string, string][] {
  return Object.entries(message.headersDistinct).map(([name, values]) => [name, values?.join(',') ?? ''])
}
