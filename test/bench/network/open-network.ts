// The ways between a page and its two servers: straight, or over one line as slow and late as the Internet's.
import { Link } from '../../support/fault-proxy/link.js'
import type { PassedRequest } from './request-reader.js'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js'

const MiB = 1024 ** 2

/** `direct`: no proxy. `counted`: proxies that only count the requests. */
export type NetworkKind = keyof typeof LINES | 'direct' | 'counted'

/** The line that pages are behind: 80 ms round trip, 4 MiB/s for each connection and 40 MiB/s in all, either way. */
export const WAN = { latencyMs: 40, bytesPerSecond: 4 * MiB, totalBytesPerSecond: 40 * MiB }
/** As late, but one connection fills it: 10 MiB/s. */
const FILLED_BY_ONE = { latencyMs: 40, totalBytesPerSecond: 10 * MiB }
const LINES = { wan: WAN, 'filled-by-one': FILLED_BY_ONE }

/** Names under which S3 is found besides its own, each with connections of its own. */
export const MORE_HOSTS = ['127.0.0.2', '127.0.0.3']

export interface Network {
  kind: NetworkKind
  /** Switch of Chromium that sends its connections this way. */
  browserArgument: string
  /** S3's host names, its own first, with the port. The page finds them this way, app servers straight. */
  s3Hosts: string[]
  /** Port of the loopback at which the page finds an app server. */
  reachApp(port: number): Promise<number>
  /** To S3, of all names; empty when the way is straight. */
  s3Requests(): PassedRequest[]
  /** To app servers; empty when the way is straight. */
  appRequests(): PassedRequest[]
  forgetRequests(): void
  close(): Promise<void>
}

/** @param s3Port where S3 listens on 127.0.0.1 */
export async function openNetwork(kind: NetworkKind, s3Port: number): Promise<Network> {
  const link = Object.assign(new Link(), kind in LINES && LINES[kind as keyof typeof LINES])
  const toS3: TcpProxy[] = []
  const toApps: TcpProxy[] = []
  const names = ['127.0.0.1', ...MORE_HOSTS]
  const rules: string[] = []
  for (const name of names) {
    const proxy = kind !== 'direct' ? await startTcpProxy({ targetPort: s3Port, link }) : undefined
    if (proxy) toS3.push(proxy)
    rules.push(`MAP ${name}:${s3Port} 127.0.0.1:${proxy?.port ?? s3Port}`)
  }
  const all = () => [...toS3, ...toApps]
  return {
    kind,
    browserArgument: `--host-resolver-rules=${rules.join(', ')}`,
    s3Hosts: names.map((name) => `${name}:${s3Port}`),
    async reachApp(port) {
      if (kind === 'direct') return port
      const proxy = await startTcpProxy({ targetPort: port, link })
      toApps.push(proxy)
      return proxy.port
    },
    s3Requests: () => toS3.flatMap(({ requests }) => requests),
    appRequests: () => toApps.flatMap(({ requests }) => requests),
    forgetRequests() {
      for (const proxy of all()) proxy.forgetRequests()
    },
    async close() {
      await Promise.all(all().map((proxy) => proxy.close()))
    },
  }
}
