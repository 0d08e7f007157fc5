// What browsers send to one bucket, signed. Endpoint, region and signing key are found once, so each costs its signature only: the
// SDK's S3RequestPresigner takes several times as long, its createPresignedPost ten times, its getSignedUrl fifty times.
import type { S3Client } from '@aws-sdk/client-s3'
import type { SignedUrls } from '../protocol.js'
import { type BucketEndpoint, host, objectPath, origin, resolveBucketEndpoint } from './bucket-endpoint.js'
import { findAlternatives, type Hosts } from './hosts.js'
import { createSigner, type Signer, type SigningScope } from './signature-v4.js'

export interface RequestToSign {
  method: 'PUT'
  key: string
  query: Record<string, string>
  /** Signed, so to be sent exactly like this. Lower-case names. */
  headers: Record<string, string>
}

export interface FormToSign {
  key: string
  fields: Record<string, string>
  /** Of the policy, beside those that the fields are. */
  conditions: readonly unknown[]
}

/** Who signs, from when, and for how long. */
export type Validity = Pick<SigningScope, 'credentials' | 'signingDate' | 'expiresIn'>

/** All that it signs is good from the same moment on. */
export interface PreparedSigner {
  signUrl(request: RequestToSign): SignedUrls
  signForm(form: FormToSign): SignedUrls & { fields: Record<string, string> }
}

export interface BucketSigner {
  endpoint: BucketEndpoint
  /** Of the endpoint, and of the addresses besides. */
  origins: string[]
  prepare(validity: Validity): PreparedSigner
}

/** A signer per bucket, made at its first use. */
export function rememberSigners(client: S3Client, hosts: Hosts): (bucket: string) => Promise<BucketSigner> {
  const known = new Map<string, Promise<BucketSigner>>()
  return (bucket) => {
    const signer = known.get(bucket) ?? createBucketSigner(client, bucket, hosts)
    known.set(bucket, signer)
    signer.catch(() => known.delete(bucket))
    return signer
  }
}

async function createBucketSigner(client: S3Client, bucket: string, hosts: Hosts): Promise<BucketSigner> {
  const endpoint = await resolveBucketEndpoint(client, bucket)
  const region = endpoint.signingRegion ?? (await client.config.region())
  const service = endpoint.signingName ?? 's3'
  const others = findAlternatives(hosts, bucket, endpoint)
  const forEach = (toUrl: (address: BucketEndpoint) => string): SignedUrls => ({
    url: toUrl(endpoint),
    ...(others.length > 0 && { alternatives: others.map(toUrl) }),
  })
  let last: { validity: Validity; signer: Signer } | undefined
  // The files of a call are signed within a second, and signatures tell no more than that.
  const findSigner = (validity: Validity): Signer => {
    if (!last || !isSame(last.validity, validity)) {
      last = { validity, signer: createSigner({ ...validity, region, service }) }
    }
    return last.signer
  }
  return {
    endpoint,
    origins: [...new Set([endpoint, ...others].map(origin))],
    prepare(validity) {
      const signer = findSigner(validity)
      return {
        signUrl: ({ key, ...request }) =>
          forEach((address) => {
            const path = objectPath(address, key)
            return `${origin(address)}${path}?${signer.signQuery({ ...request, host: host(address), path })}`
          }),
        // Its signature is good for any address.
        signForm: ({ key, fields, conditions }) => ({
          ...forEach((address) => origin(address) + (address.basePath || '/')),
          fields: signer.signForm({ ...fields, bucket, key }, conditions),
        }),
      }
    },
  }
}

function isSame(one: Validity, other: Validity): boolean {
  const seconds = ({ signingDate }: Validity) => Math.floor(signingDate.getTime() / 1000)
  const { credentials, expiresIn } = one
  return credentials === other.credentials && expiresIn === other.expiresIn && seconds(one) === seconds(other)
}
