// Lets a browser write to S3: presigned URLs for parts and PUTs, policies for form POSTs.
import type { S3Client } from '@aws-sdk/client-s3'
import type { SignedPart, SignedUrls } from '../protocol.js'
import type { ObjectHeaders } from '../rules/object-headers.js'
import { objectOptionFields, objectOptionHeaders } from '../rules/object-options.js'
import { objectPath, origin } from './bucket-endpoint.js'
import { type BucketSigner, rememberSigners } from './bucket-signer.js'
import type { Hosts } from './hosts.js'
import type { ObjectAddress, UploadAddress } from './s3.js'
import { toPartwayError } from './s3-errors.js'
import type { Validity } from './sign-policy.js'

export interface PartRequest {
  partNumber: number
  /** Exact bytes of the part; without it S3 accepts any length. */
  contentLength?: number
  /** Lower-case names; the browser must send them exactly like this. @default {} */
  headers?: Record<string, string>
}

export interface SignedPut extends SignedUrls {
  /** The browser must send them exactly like this. */
  headers: Record<string, string>
  expiresIn: number
}

export interface SignedForm extends SignedUrls {
  fields: Record<string, string>
  expiresIn: number
}

/** The exact content that S3 accepts. */
export interface PutContent {
  /** Bytes. */
  size: number
  /** Base64, for S3 to verify. */
  md5?: string
}

export interface FormRules {
  minBytes: number
  maxBytes: number
  /** Base64, for S3 to verify. */
  md5?: string | undefined
  /** Status of S3's success reply; 204 unless given. */
  successStatus?: '200' | '201'
}

export interface Presigner {
  /** Signs several at once, with one look at the credentials. */
  signParts(upload: UploadAddress, parts: PartRequest[]): Promise<SignedPart[]>
  /** @param content without it S3 accepts any */
  signPut(object: ObjectAddress, headers: ObjectHeaders, content?: PutContent): Promise<SignedPut>
  signForm(object: ObjectAddress, headers: ObjectHeaders, rules: FormRules): Promise<SignedForm>
  /** URL of an object, without a signature. */
  locate(object: ObjectAddress): Promise<string>
  /** Origins of signed requests to the bucket: S3's own first. */
  listOrigins(bucket: string): Promise<string[]>
}

export class S3Presigner implements Presigner {
  readonly #client: S3Client
  readonly #urlExpiresInSeconds: number
  readonly #findSigner: (bucket: string) => Promise<BucketSigner>

  /**
   * @param urlExpiresInSeconds how long a signature is valid, unless the credentials expire sooner
   * @param hosts further host names by which browsers may reach S3
   */
  constructor(client: S3Client, urlExpiresInSeconds: number, hosts: Hosts = []) {
    this.#client = client
    this.#urlExpiresInSeconds = urlExpiresInSeconds
    const findSigner = rememberSigners(client, hosts)
    this.#findSigner = (bucket) => findSigner(bucket).catch(rethrowNamed)
  }

  async signParts({ bucket, key, uploadId }: UploadAddress, parts: PartRequest[]): Promise<SignedPart[]> {
    const [signer, validity] = await this.#prepare(bucket)
    const sign = async ({ partNumber, contentLength, headers = {} }: PartRequest): Promise<SignedPart> => {
      const query = { 'x-id': 'UploadPart', partNumber: String(partNumber), uploadId }
      // Browsers set the length themselves; a page cannot.
      const toSign = { ...headers, ...lengthHeader(contentLength) }
      const signed = await signer.signUrl({ method: 'PUT', key, query, headers: toSign }, validity)
      const toSend = Object.keys(headers).length > 0 && { headers }
      return { partNumber, ...signed, ...toSend, expiresIn: validity.expiresIn }
    }
    return await Promise.all(parts.map(sign))
  }

  async signPut(
    { bucket, key }: ObjectAddress,
    described: ObjectHeaders,
    content?: PutContent,
  ): Promise<SignedPut> {
    const [signer, validity] = await this.#prepare(bucket)
    const headers: Record<string, string> = {
      'content-type': described.contentType,
      'content-disposition': described.contentDisposition,
      ...metadataHeaders(described),
      ...objectOptionHeaders(described.options),
      ...(content?.md5 !== undefined && { 'content-md5': content.md5 }),
    }
    const query = { 'x-id': 'PutObject' }
    const toSign = { ...headers, ...lengthHeader(content?.size) }
    const signed = await signer.signUrl({ method: 'PUT', key, query, headers: toSign }, validity)
    return { ...signed, headers, expiresIn: validity.expiresIn }
  }

  async signForm(
    { bucket, key }: ObjectAddress,
    described: ObjectHeaders,
    { minBytes, maxBytes, md5, successStatus }: FormRules,
  ): Promise<SignedForm> {
    const [signer, validity] = await this.#prepare(bucket)
    const fields = {
      'Content-Type': described.contentType,
      'Content-Disposition': described.contentDisposition,
      ...metadataHeaders(described),
      ...objectOptionFields(described.options),
      ...(md5 !== undefined && { 'Content-MD5': md5 }),
      ...(successStatus && { success_action_status: successStatus }),
    }
    // Each field becomes a condition of the policy as well, so the page can change none of them.
    const conditions = [['content-length-range', minBytes, maxBytes]]
    const signed = await signer.signForm({ key, fields, conditions }, validity)
    return { ...signed, expiresIn: validity.expiresIn }
  }

  async locate({ bucket, key }: ObjectAddress): Promise<string> {
    const { endpoint } = await this.#findSigner(bucket)
    return origin(endpoint) + objectPath(endpoint, key)
  }

  async listOrigins(bucket: string): Promise<string[]> {
    const { origins } = await this.#findSigner(bucket)
    return origins
  }

  async #prepare(bucket: string): Promise<[BucketSigner, Validity]> {
    return await Promise.all([this.#findSigner(bucket), this.#validity()])
  }

  async #validity(): Promise<Validity> {
    const { credentials: provide, systemClockOffset } = this.#client.config
    const signingDate = new Date(Date.now() + systemClockOffset)
    const credentials = await provide().catch(rethrowNamed)
    const { expiration } = credentials
    if (!expiration) return { credentials, signingDate, expiresIn: this.#urlExpiresInSeconds }
    const left = Math.floor((expiration.getTime() - signingDate.getTime()) / 1000)
    const expiresIn = Math.max(1, Math.min(this.#urlExpiresInSeconds, left))
    return { credentials, signingDate, expiresIn }
  }
}

// For example: no credentials, or no region.
function rethrowNamed(error: unknown): never {
  throw toPartwayError(error, 's3:PutObject')
}

function lengthHeader(contentLength: number | undefined): Record<string, string> {
  return contentLength === undefined ? {} : { 'content-length': String(contentLength) }
}

function metadataHeaders({ metadata }: ObjectHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]))
}
