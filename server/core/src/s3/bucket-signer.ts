// Signs browsers' requests to one bucket with the AWS SDK. Endpoint and region are resolved once, so each request costs only its
// signature: getSignedUrl and createPresignedPost resolve them again for each.
import type { S3Client } from '@aws-sdk/client-s3'
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'
import { formatUrl } from '@aws-sdk/util-format-url'
import { HttpRequest } from '@smithy/protocol-http'
import type { SignedUrls } from '../protocol.js'
import { type BucketEndpoint, objectPath, origin, resolveBucketEndpoint } from './bucket-endpoint.js'
import { findAlternatives, type Hosts } from './hosts.js'
import { type FormToSign, signPolicy, type Validity } from './sign-policy.js'

export interface RequestToSign {
  method: 'PUT'
  key: string
  query: Record<string, string>
  /** Signed, so the browser must send them exactly like this. Lower-case names. */
  headers: Record<string, string>
}

export interface BucketSigner {
  endpoint: BucketEndpoint
  /** Origins of the endpoint, then of the further addresses. */
  origins: string[]
  signUrl(request: RequestToSign, validity: Validity): Promise<SignedUrls>
  signForm(form: FormToSign, validity: Validity): Promise<SignedUrls & { fields: Record<string, string> }>
}

/** One signer per bucket, created on first use. */
export function rememberSigners(client: S3Client, hosts: Hosts): (bucket: string) => Promise<BucketSigner> {
  const known = new Map<string, Promise<BucketSigner>>()
  return (bucket) => {
    const remembered = known.get(bucket)
    if (remembered) return remembered
    const signer = createBucketSigner(client, bucket, hosts)
    known.set(bucket, signer)
    signer.catch(() => known.delete(bucket))
    return signer
  }
}

async function createBucketSigner(client: S3Client, bucket: string, hosts: Hosts): Promise<BucketSigner> {
  const endpoint = await resolveBucketEndpoint(client, bucket)
  const region = endpoint.signingRegion ?? (await client.config.region())
  const service = endpoint.signingName ?? 's3'
  const scope = { region, service, sha256: client.config.sha256 }
  const others = findAlternatives(hosts, bucket, endpoint)
  const forEach = async (
    toUrl: (address: BucketEndpoint) => string | Promise<string>,
  ): Promise<SignedUrls> => ({
    url: await toUrl(endpoint),
    ...(others.length > 0 && { alternatives: await Promise.all(others.map(toUrl)) }),
  })
  return {
    endpoint,
    origins: [...new Set([endpoint, ...others].map(origin))],
    signUrl(request, { credentials, signingDate, expiresIn }) {
      const presigner = new S3RequestPresigner({ ...scope, credentials })
      // Otherwise it leaves some unsigned, such as Content-Type, and moves x-amz-… into the query, where S3 ignores them.
      const names = new Set(Object.keys(request.headers))
      const options = { signingDate, expiresIn, signableHeaders: names, unhoistableHeaders: names }
      return forEach(async (address) => formatUrl(await presigner.presign(toHttp(request, address), options)))
    },
    signForm: async (form, validity) => ({
      // The signature is valid for any address.
      ...(await forEach((address) => origin(address) + (address.basePath || '/'))),
      fields: await signPolicy(form, bucket, scope, validity),
    }),
  }
}

function toHttp({ method, key, query, headers }: RequestToSign, address: BucketEndpoint): HttpRequest {
  const { protocol, hostname, port } = address
  return new HttpRequest({
    method,
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    path: objectPath(address, key),
    query,
    // A copy, because the presigner adds headers to it.
    headers: { ...headers },
  })
}
