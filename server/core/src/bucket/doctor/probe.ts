// What checks work with: the target, the middleware's own access to S3, a page, and the results of earlier checks.
import type { S3Client } from '@aws-sdk/client-s3'
import type { ChecksumKind } from '../../protocol.js'
import { type BucketEndpoint, origin as originOf, resolveBucketEndpoint } from '../../s3/bucket-endpoint.js'
import type { JournalPlace } from '../../s3/journal-place.js'
import { type BucketLook, lookAtBucket } from '../../s3/look-at-bucket.js'
import { type Presigner, S3Presigner } from '../../s3/presign.js'
import type { S3 } from '../../s3/s3.js'
import { SdkS3 } from '../../s3/sdk-s3.js'
import { Page } from './page.js'
import { Traces } from './traces.js'

export interface ProbeSettings {
  client: S3Client
  /** Signs the requests of pages, if not `client`. */
  signingClient: S3Client | undefined
  bucket: string
  /** Origin of the page. */
  origin: string
  /** Prefix of the keys of uploads. */
  prefix: string
  journal: JournalPlace
  /** Time limit of each call to S3. */
  timeoutMs: number
  signal: AbortSignal
}

/** A running middleware. */
export interface AppUnderTest {
  /** URL of its routes, without a trailing slash. */
  url: string
  /** Headers that sign a user in; never shown. */
  headers: Readonly<Record<string, string>>
}

/** Results of checks, for later ones. */
interface Learnt {
  clockAheadMs?: number | undefined
  /** Part checksums that the store refuses if they are wrong. */
  verified: Set<ChecksumKind>
  /** Methods whose preflight was allowed. */
  preflighted: Set<string>
  takesForms?: boolean
  takesPuts?: boolean
}

const URL_EXPIRES_IN_SECONDS = 600

export class Probe {
  readonly client: S3Client
  readonly bucket: string
  readonly origin: string
  readonly keyPrefix: string
  readonly signal: AbortSignal
  readonly s3: S3
  readonly presigner: Presigner
  readonly page: Page
  readonly traces: Traces
  /** What the doctor makes in the journal. */
  readonly journal: Traces
  readonly learnt: Learnt = { verified: new Set(), preflighted: new Set() }
  readonly #timeoutMs: number
  #endpoint: Promise<BucketEndpoint> | undefined
  #look: Promise<BucketLook> | undefined

  constructor(settings: ProbeSettings) {
    const { client, signingClient = client, bucket, origin, prefix, journal, timeoutMs, signal } = settings
    this.client = client
    this.bucket = bucket
    this.origin = origin
    this.keyPrefix = prefix
    this.#timeoutMs = timeoutMs
    this.signal = signal
    this.s3 = new SdkS3(client, timeoutMs)
    this.presigner = new S3Presigner(signingClient, URL_EXPIRES_IN_SECONDS)
    this.page = new Page(origin, timeoutMs, signal)
    this.traces = new Traces(bucket, prefix)
    this.journal = new Traces(journal.bucket, journal.prefix)
  }

  /** Where the bucket is. @throws the SDK's error if the client cannot tell, such as without a region */
  endpoint(): Promise<BucketEndpoint> {
    this.#endpoint ??= resolveBucketEndpoint(this.client, this.bucket)
    return this.#endpoint
  }

  /** URL of the bucket, without a trailing slash. */
  async bucketUrl(): Promise<string> {
    const endpoint = await this.endpoint()
    return originOf(endpoint) + endpoint.basePath
  }

  /** A signed call, made once; several checks read its result. */
  look(): Promise<BucketLook> {
    this.#look ??= lookAtBucket(
      this.client,
      this.bucket,
      this.traces.prefix,
      AbortSignal.any([this.signal, this.timeLimit()]),
    )
    return this.#look
  }

  /** Time limit of one call to S3. Nothing else aborts calls that may change the bucket, so that their outcome is known. */
  readonly timeLimit = (): AbortSignal => AbortSignal.timeout(this.#timeoutMs)
}
