// Presigned URLs for one bucket. Endpoint, region and signing key are found once, so each costs its signature only: the SDK's
// S3RequestPresigner takes several times as long, and its getSignedUrl, which runs a whole command, fifty times.
import type { S3Client } from '@aws-sdk/client-s3'
import { type BucketEndpoint, host, objectPath, origin, resolveBucketEndpoint } from './bucket-endpoint.js'
import { findAlternatives, type Hosts } from './hosts.js'
import { createQuerySigner, type SigningScope } from './signature-v4.js'

export interface RequestToSign {
  method: 'PUT'
  key: string
  query: Record<string, string>
  /** Signed, so to be sent exactly like this. Lower-case names. */
  headers: Record<string, string>
}

/** Who signs, from when, and for how long. */
export type Validity = Pick<SigningScope, 'credentials' | 'signingDate' | 'expiresIn'>

export interface UrlSigner {
  endpoint: BucketEndpoint
  /** Where the bucket can be reached besides. */
  alternatives: BucketEndpoint[]
  /** @returns what signs as many requests as wanted, all good from the same moment on */
  prepare(validity: Validity): (request: RequestToSign) => SignedUrls
}

/** One request, signed for each address of the bucket. */
export interface SignedUrls {
  url: string
  /** Missing: the bucket has one address. */
  alternatives?: string[]
}

/** A signer per bucket, made at its first use. */
export function rememberSigners(client: S3Client, hosts: Hosts): (bucket: string) => Promise<UrlSigner> {
  const known = new Map<string, Promise<UrlSigner>>()
  return (bucket) => {
    const signer = known.get(bucket) ?? createSigner(client, bucket, hosts)
    known.set(bucket, signer)
    signer.catch(() => known.delete(bucket))
    return signer
  }
}

async function createSigner(client: S3Client, bucket: string, hosts: Hosts): Promise<UrlSigner> {
  const endpoint = await resolveBucketEndpoint(client, bucket)
  const region = endpoint.signingRegion ?? (await client.config.region())
  const service = endpoint.signingName ?? 's3'
  const alternatives = findAlternatives(hosts, bucket, endpoint)
  return {
    endpoint,
    alternatives,
    prepare: (validity) => {
      const signQuery = createQuerySigner({ ...validity, region, service })
      const signFor = (address: BucketEndpoint, { key, ...request }: RequestToSign) => {
        const path = objectPath(address, key)
        return `${origin(address)}${path}?${signQuery({ ...request, host: host(address), path })}`
      }
      return (request) => ({
        url: signFor(endpoint, request),
        ...(alternatives.length > 0 && {
          alternatives: alternatives.map((other) => signFor(other, request)),
        }),
      })
    },
  }
}
