// The signatures of a body in signed chunks: each covers the one before it, and the first one that of the request.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { createHash } from 'node:crypto'
import { S3Error } from '../s3-error.js'
import { type CredentialScope, isSameSignature, scopeText, signature } from './signature.js'

const emptyHash = createHash('sha256').digest('hex')

export class ChunkSignatures {
  /**
   * @param previous Signature of the request, which the documentation calls the seed.
   * @param timestamp Of the request: YYYYMMDD'T'HHMMSS'Z'
   */
  constructor(
    private previous: string,
    private readonly timestamp: string,
    private readonly scope: CredentialScope,
    private readonly secretAccessKey: string,
  ) {}

  /** @param hash Hex SHA-256 of the chunk's data. @throws S3Error SignatureDoesNotMatch */
  checkChunk(hash: string, claimed: string): void {
    this.check('AWS4-HMAC-SHA256-PAYLOAD', [emptyHash, hash], claimed)
  }

  /** @param trailers by lower-case name. @throws S3Error SignatureDoesNotMatch */
  checkTrailer(trailers: ReadonlyMap<string, string>, claimed: string): void {
    const lines = [...trailers].map(([name, value]) => `${name}:${value}\n`).sort()
    const hash = createHash('sha256').update(lines.join('')).digest('hex')
    this.check('AWS4-HMAC-SHA256-TRAILER', [hash], claimed)
  }

  private check(algorithm: string, hashes: string[], claimed: string): void {
    const text = [algorithm, this.timestamp, scopeText(this.scope), this.previous, ...hashes].join('\n')
    const ours = signature(text, this.secretAccessKey, this.scope)
    if (!isSameSignature(ours, claimed)) {
      throw new S3Error('SignatureDoesNotMatch', undefined, { StringToSign: text })
    }
    this.previous = ours
  }
}
