// What a framework's adapter hands over of a request, and what it gets back for the reply.
import type { MountPath } from '../tickets/mount.js'

/** A request to one of the routes. */
export interface HttpCall<Context> {
  /** What the host's functions and hooks get. */
  context: Context
  /** The whole path as the page called it, whatever the host has mounted the routes in. */
  path: string
  mount: MountPath
  /** Of the route's path, decoded. */
  params: Partial<Record<string, string>>
  query: NodeJS.Dict<string | string[]>
  /** @param name in any case. @returns '' without such a header */
  header: (name: string) => string
  /** Name and port that the page called: the `Host` header, or what a proxy says that the host app trusts. */
  host: string
  /** Of HTTP, the major one. */
  httpVersion: number
  /** What the host app has parsed of the body, if it has; else its bytes. */
  body: { parsed: unknown } | { stream: AsyncIterable<Uint8Array> }
  /** Aborts when the client has gone away before it has its reply. */
  signal: AbortSignal
  /** Settles when the reply is sent, or the client gone. */
  untilSent(): Promise<unknown>
}

export interface HttpReply {
  status: number
  /** Reason phrase, for HTTP/1. */
  reason?: string
  headers: Record<string, string>
  /** To be sent as JSON. */
  body?: object
}

/** An error that is the host's: its own error handling replies, with these headers. */
export interface HostsError {
  error: unknown
  headers: Record<string, string>
}

/** A row of the route table. */
export interface HttpRoute<Context> {
  method: 'get' | 'post' | 'delete' | 'options'
  /** Below the option `path`, such as `/s3/multipart/:uploadId`. */
  path: string
  /** @returns `undefined`: the request is none of Partway's, and goes on to what the host has behind it */
  handle(call: HttpCall<Context>): Promise<HttpReply | HostsError | undefined>
}
