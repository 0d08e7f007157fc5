// Checks a body, as it streams through, against everything that the request claims about it.
import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { S3Error } from '../s3-error.js'
import {
  type Checksum,
  type ChecksumAlgorithm,
  createHasher,
  defaultChecksum,
  type Hasher,
} from './checksums.js'

export interface BodyClaims {
  /** Bytes */
  maxSize: number
  /** Bytes */
  minSize?: number
  /** Bytes, if the request named the exact number. */
  size?: number
  /** Hex, of the body as it was signed. */
  sha256?: string
  /** Base64 */
  contentMd5?: string
  /** As the client declares it. */
  checksum?: { algorithm: ChecksumAlgorithm; value: () => string }
  /** What the checksum to keep is of. @default the declared algorithm, or S3's own */
  keptAlgorithm?: ChecksumAlgorithm
}

export interface BodyFacts {
  size: number
  /** Hex */
  md5: string
  /** To be kept. */
  checksum: Checksum
  /** As the client declared it, even if one of another algorithm is kept. */
  declared?: Checksum
}

/** Passes the bytes on, and fails before its end if they are not as claimed. */
export class BodyCheck extends Transform {
  private size = 0
  private readonly md5 = createHash('md5')
  private readonly sha256 = createHash('sha256')
  private result: BodyFacts | undefined

  private constructor(
    private readonly claims: BodyClaims,
    private readonly kept: Hasher,
    private readonly declared: Hasher | undefined,
  ) {
    super()
  }

  static async create(claims: BodyClaims): Promise<BodyCheck> {
    const declared = claims.checksum?.algorithm
    const algorithm = claims.keptAlgorithm ?? declared ?? defaultChecksum.algorithm
    const kept = await createHasher(algorithm)
    return new BodyCheck(
      claims,
      kept,
      declared === algorithm ? kept : declared && (await createHasher(declared)),
    )
  }

  /** Known once the stream has ended without error. */
  get facts(): BodyFacts {
    if (!this.result) throw new Error('The body has not ended')
    return this.result
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length
    if (this.size > this.claims.maxSize) {
      done(tooLarge(this.size, this.claims.maxSize))
      return
    }
    this.md5.update(chunk)
    if (this.claims.sha256 !== undefined) this.sha256.update(chunk)
    this.kept.update(chunk)
    if (this.declared !== this.kept) this.declared?.update(chunk)
    done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    try {
      this.result = this.compare()
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  private compare(): BodyFacts {
    const { claims, size } = this
    if (claims.size !== undefined && size !== claims.size) throw new S3Error('IncompleteBody')
    if (claims.minSize !== undefined && size < claims.minSize) {
      throw new S3Error('EntityTooSmall', undefined, {
        ProposedSize: `${size}`,
        MinSizeAllowed: `${claims.minSize}`,
      })
    }
    const sha256 = this.sha256.digest('hex')
    if (claims.sha256 !== undefined && sha256 !== claims.sha256) {
      throw new S3Error('XAmzContentSHA256Mismatch', undefined, {
        ClientComputedContentSHA256: claims.sha256,
        S3ComputedContentSHA256: sha256,
      })
    }
    const md5 = this.md5.digest()
    if (claims.contentMd5 !== undefined && md5.toString('base64') !== claims.contentMd5) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
        ExpectedDigest: claims.contentMd5,
        CalculatedDigest: md5.toString('base64'),
      })
    }
    const checksum = this.kept.digest()
    const declared = this.declared === this.kept ? checksum : this.declared?.digest()
    if (declared && claims.checksum?.value() !== declared.value) {
      throw new S3Error(
        'BadDigest',
        `The ${declared.algorithm} you specified did not match the calculated checksum.`,
      )
    }
    return { size, md5: md5.toString('hex'), checksum, ...(declared && { declared }) }
  }
}

/** @throws S3Error InvalidDigest unless it is the Base64 of 16 bytes */
export function checkContentMd5(value: string): string {
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length !== 16 || bytes.toString('base64') !== value) throw new S3Error('InvalidDigest')
  return value
}

export function tooLarge(size: number, maxSize: number): S3Error {
  return new S3Error('EntityTooLarge', undefined, {
    ProposedSize: `${size}`,
    MaxSizeAllowed: `${maxSize}`,
  })
}
