// S3's further host names for a bucket, and how many connections browsers open to all of them.
import { z } from 'zod'
import { type BucketEndpoint, origin } from './bucket-endpoint.js'

/** Browsers open six connections to each. */
const MOST_HOSTS = 7
const BUCKET = '{bucket}'

const template = z.stringFormat(
  'template',
  (text) => {
    const url = fillIn(text, 'bucket')
    return text.split(BUCKET).length === 2 && /^https?:\/\/[^?#]+[^/?#]$/.test(url) && URL.canParse(url)
  },
  'must be a URL with {bucket} in it, such as https://{bucket}.s3.dualstack.eu-west-1.amazonaws.com',
)

export const HostsSchema = z.union(
  [z.literal('aws'), z.array(template).max(MOST_HOSTS)],
  `must be 'aws' or a list of at most ${MOST_HOSTS} URLs with {bucket} in them`,
)

/** Further host names of S3, besides its endpoint. */
export type Hosts = z.infer<typeof HostsSchema>

/** Connections that browsers open to a host over HTTP/1.1. */
const CONNECTIONS_PER_HOST = 6
/** Including its endpoint: the bucket in front or in the path, over IPv4 only or over IPv4 and IPv6. */
const AWS_HOSTS = 4

export function countConnections(hosts: Hosts): number {
  return CONNECTIONS_PER_HOST * (hosts === 'aws' ? AWS_HOSTS : 1 + hosts.length)
}

/** AWS's names of one bucket, in one region: with the bucket in front or in the path, over IPv4 only or both. */
const AWS_HOST = /^(?:.+\.)?s3\.(?:dualstack\.)?(?<region>[a-z\d-]+)\.(?<suffix>amazonaws\.com(?:\.cn)?)$/

/** Further addresses of the bucket. `'aws'` finds none if the bucket's own endpoint is not one of AWS's regional ones. */
export function findAlternatives(hosts: Hosts, bucket: string, own: BucketEndpoint): BucketEndpoint[] {
  const templates = hosts === 'aws' ? awsTemplates(own, bucket) : hosts
  const endpoints = templates.map((text) => toEndpoint(fillIn(text, bucket), own))
  return endpoints.filter((other) => address(other) !== address(own))
}

function awsTemplates({ hostname }: BucketEndpoint, bucket: string): string[] {
  const { region, suffix } = AWS_HOST.exec(hostname)?.groups ?? {}
  if (!region) return []
  const services = [`s3.${region}.${suffix}`, `s3.dualstack.${region}.${suffix}`]
  // A certificate for `*.s3…` does not cover a name with one more dot.
  const inFront = bucket.includes('.') ? [] : services.map((service) => `https://${BUCKET}.${service}`)
  return [...inFront, ...services.map((service) => `https://${service}/${BUCKET}`)]
}

function toEndpoint(url: string, { signingRegion, signingName }: BucketEndpoint): BucketEndpoint {
  const { protocol, hostname, port, pathname } = new URL(url)
  const basePath = pathname.replace(/\/$/, '')
  return {
    protocol,
    hostname,
    port: port === '' ? undefined : Number(port),
    basePath,
    signingRegion,
    signingName,
  }
}

function address(endpoint: BucketEndpoint): string {
  return origin(endpoint) + endpoint.basePath
}

function fillIn(text: string, bucket: string): string {
  return text.replace(BUCKET, bucket)
}
