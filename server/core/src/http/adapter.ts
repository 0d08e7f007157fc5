// The interface to a framework's adapter: the request that it passes in, and the reply that it gets back.
import type { MountPath } from '../tickets/mount.js'

/** A request to one of the routes. */
export interface HttpCall<Context> {
  /** Passed to the host's functions and hooks. */
  context: Context
  /** Full path of the page's request, with the paths that the host has mounted the routes in. */
  path: string
  mount: MountPath
  /** Parameters of the route's path, decoded. */
  params: Partial<Record<string, string>>
  query: NodeJS.Dict<string | string[]>
  /** @param name in any case. @returns '' without such a header */
  header: (name: string) => string
  /** Name and port that the page called: from the `Host` header, or from a proxy that the host app trusts. */
  host: string
  /** Major version of HTTP. */
  httpVersion: number
  /** The body as the host app has parsed it, or else its bytes. */
  body: { parsed: unknown } | { stream: AsyncIterable<Uint8Array> }
  /** Aborts when the client disconnects before it has its reply. */
  signal: AbortSignal
  /** Settles when the reply is sent, or the client is gone. */
  untilSent(): Promise<unknown>
}

export interface HttpReply {
  status: number
  /** Reason phrase, for HTTP/1. */
  reason?: string
  headers: Record<string, string>
  /** Sent as JSON. */
  body?: object
}

/** An error for the host: its own error handling replies, with these headers. */
export interface HostsError {
  error: unknown
  headers: Record<string, string>
}

/** A row of the route table. */
export interface HttpRoute<Context> {
  method: 'get' | 'post' | 'delete' | 'options'
  /** Below the option `path`, such as `/s3/multipart/:uploadId`. */
  path: string
  /** @returns `undefined` if the request is not for Partway; it goes on to the host's next handler */
  handle(call: HttpCall<Context>): Promise<HttpReply | HostsError | undefined>
}
