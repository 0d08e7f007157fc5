// One contender, one fault: a bucket, a server, a browser page, and the breakable ways between them.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { vi } from 'vitest'
import type { BuiltPage } from '../support/build-page.js'
import {
  type FaultProxy,
  isFromPage,
  type SeenRequest,
  startFaultProxy,
} from '../support/fault-proxy/index.js'
import type { SourceFile } from '../support/files.js'
import type { Contender, ServerOptions, ServerSetting } from './contenders.js'
import type { SeenEvent } from './page/main.js'
import type { StoreUnderFault } from './store-under-fault.js'

declare global {
  interface Window {
    seen: SeenEvent[]
  }
}

/** Routes of both servers, by what they do. */
export type ServerCall = 'create' | 'sign' | 'parts' | 'complete' | 'abort'

const MiB = 1024 ** 2

export interface RunSetting {
  contender: Contender
  store: StoreUnderFault
  browser: Browser
  page: BuiltPage
  /** Longest time for everything, before it counts as stuck. */
  deadlineMs: number
}

/** What the faults need of a run under way. */
export class Run {
  #server: Server | undefined

  private constructor(
    readonly setting: RunSetting,
    readonly bucket: string,
    /** Between page and S3, and between server and S3. */
    readonly s3: FaultProxy,
    /** Between page and server. */
    readonly app: FaultProxy,
    readonly context: BrowserContext,
    private readonly more: ServerMore,
    private readonly address: { port: number },
  ) {}

  static async open(setting: RunSetting, more: ServerMore = {}): Promise<Run> {
    const { store, browser } = setting
    const bucket = await store.createBucket(more.exposedHeaders ?? ['ETag', 'Location'])
    const s3 = await startFaultProxy({ target: store.endpoint })
    s3.link.latencyMs = 20
    s3.link.totalBytesPerSecond = 20 * MiB
    const server = { port: 0 }
    const app = await startFaultProxy({ target: () => `http://127.0.0.1:${server.port}` })
    const run = new Run(setting, bucket, s3, app, await browser.newContext(), more, server)
    await run.startServer()
    return run
  }

  /** Starts the server, or another one in its place. */
  async startServer(more: ServerOptions = {}): Promise<void> {
    const { contender, store, page } = this.setting
    const { urlExpiresInSeconds = 800, options } = this.more
    const server: ServerSetting = {
      bucket: this.bucket,
      region: store.region,
      credentials: store.credentials,
      endpoint: this.s3.origin,
      page,
      urlExpiresInSeconds,
    }
    const listener: RequestListener = contender.createServer(server, { ...options, ...more })
    this.#server = createServer(listener).listen(this.address.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.address.port = (this.#server.address() as AddressInfo).port
  }

  /** As a process that ends: what it has not answered, it never will. */
  async stopServer(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  async openPage(): Promise<Page> {
    const page = await this.context.newPage()
    await page.goto(`${this.app.origin}/?uploader=${this.setting.contender.uploader}`)
    await page.waitForFunction(() => 'uppy' in window)
    return page
  }

  /** Whether the request is this call, in either protocol. */
  isCall(call: ServerCall): (request: SeenRequest) => boolean {
    return ({ method, path }) =>
      method !== 'OPTIONS' && serverCalls[call].some((form) => form.test(`${method} ${path}`))
  }

  /** Resolves when pages have sent so many bytes to S3. */
  async untilSent(bytes: number): Promise<void> {
    await vi.waitUntil(() => this.sentBytes >= bytes, { timeout: this.setting.deadlineMs, interval: 10 })
  }

  /** Bytes of files that pages have sent to S3, forms' fields included. */
  get sentBytes(): number {
    return this.s3.requests
      .filter(isTransfer)
      .reduce((sum, { bodyBytesReceived }) => sum + bodyBytesReceived, 0)
  }

  async close(): Promise<void> {
    await this.context.close()
    await this.stopServer()
    await this.app.close()
    await this.s3.close()
  }
}

/** What a row wants of the server and the bucket. */
export interface ServerMore {
  options?: ServerOptions
  urlExpiresInSeconds?: number
  exposedHeaders?: string[]
}

/** Of a file's bytes, from a page. */
export function isTransfer(request: SeenRequest): boolean {
  return isFromPage(request) && ['PUT', 'POST'].includes(request.method)
}

export function isServerCall({ path }: SeenRequest): boolean {
  return path.startsWith('/uploads/')
}

const serverCalls: Record<ServerCall, RegExp[]> = {
  create: [/^POST \/uploads\/create$/, /^POST \/uploads\/s3\/multipart$/],
  sign: [/^POST \/uploads\/sign$/, /^GET \/uploads\/s3\/multipart\/[^/]+\/\d+$/],
  parts: [/^POST \/uploads\/parts$/, /^GET \/uploads\/s3\/multipart\/[^/]+$/],
  complete: [/^POST \/uploads\/complete$/, /^POST \/uploads\/s3\/multipart\/[^/]+\/complete$/],
  abort: [/^POST \/uploads\/abort$/, /^DELETE \/uploads\/s3\/multipart\/[^/]+$/],
}

/** Chooses files in the page and starts their upload. */
export async function startUpload(page: Page, files: SourceFile[]): Promise<void> {
  await page.locator('input').setInputFiles(files.map(({ path }) => path))
  await page.evaluate(() => void window.uppy.upload())
}
