// Who is measured: each a page's client, and the app server that it asks.
import type { PageClientName } from './page/page-client.js'
import type { ServerKind, ServerSetting } from './servers/server-setting.js'

export interface BenchClient {
  /** As in `npm run bench -- <name>`, tables and plots. */
  name: string
  page: PageClientName
  server: ServerKind
  /** Of `@partway/koa`. @param s3Hosts S3's names, with the port */
  partway?(s3Hosts: string[]): ServerSetting['partway']
  /** How files go of which `raw` knows all requests. */
  known?: 'put' | 'form'
}

export const clients = {
  raw: { name: 'raw', page: 'raw', server: 'site', known: 'put' },
  rawForm: { name: 'raw-form', page: 'raw', server: 'site', known: 'form' },
  rawFormInUppy: { name: 'raw-form-in-uppy', page: 'raw-in-uppy', server: 'site', known: 'form' },
  floorMd5: { name: 'floor-md5', page: 'floor-md5', server: 'site', known: 'put' },
  floorCrc64nvme: { name: 'floor-crc64nvme', page: 'floor-crc64nvme', server: 'site', known: 'put' },
  partway: { name: 'partway', page: 'partway', server: 'partway' },
  partwayAtOnce: { name: 'partway-at-once', page: 'partway-at-once', server: 'partway' },
  partwayNone: withChecksum('none'),
  partwayCrc64nvme: withChecksum('crc64nvme'),
  partwayHosts: {
    name: 'partway-hosts',
    page: 'partway',
    server: 'partway',
    partway: ([_own, ...others]) => ({ hosts: others.map((host) => `http://${host}/{bucket}`) }),
  },
  awsS3: { name: 'aws-s3', page: 'aws-s3', server: 'companion' },
  awsS35: { name: 'aws-s3-5', page: 'aws-s3-5', server: 'companion' },
  tus: { name: 'tus', page: 'tus', server: 'tus' },
} satisfies Record<string, BenchClient>

function withChecksum(checksum: 'none' | 'crc64nvme'): BenchClient {
  return {
    name: `partway-${checksum}`,
    page: 'partway',
    server: 'partway',
    partway: () => ({ checksum }),
  }
}
