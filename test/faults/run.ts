// One contender, one fault: a bucket, a server, a browser page, and the breakable ways between them.
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
import { pickFiles } from '../support/shared-browser.js'
import { moveClock } from './clock.js'
import type { Contender, ServerOptions, ServerSetting } from './contenders.js'
import type { SeenEvent } from './page/main.js'
import { Servers } from './servers.js'
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
  /** Keys of the objects of which a host has heard. */
  readonly heard = new Set<string>()

  private constructor(
    readonly setting: RunSetting,
    readonly bucket: string,
    /** Between page and S3, and between server and S3. */
    readonly s3: FaultProxy,
    /** Between page and server. */
    readonly app: FaultProxy,
    readonly context: BrowserContext,
    private readonly more: ServerMore,
    private readonly servers: Servers,
  ) {}

  static async open(setting: RunSetting, more: ServerMore = {}): Promise<Run> {
    const { store, browser } = setting
    const bucket = await store.createBucket(more.exposedHeaders ?? ['ETag', 'Location'])
    const s3 = await startFaultProxy({ target: store.endpoint })
    s3.link.latencyMs = 20
    s3.link.totalBytesPerSecond = 20 * MiB
    const servers = new Servers()
    const app = await startFaultProxy({ target: () => servers.origin })
    const run = new Run(setting, bucket, s3, app, await browser.newContext(), more, servers)
    for (let count = more.servers ?? 1; count > 0; count--) await run.startServer()
    return run
  }

  /** Starts a server beside those that run. */
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
      onHeard: (key) => this.heard.add(key),
    }
    await this.servers.start(contender.createServer(server, { ...options, ...more }))
  }

  /** Ends one. */
  stopServer(): Promise<void> {
    return this.servers.stopOne()
  }

  /** A minute goes by, and the servers look at what was left unfinished. */
  async finishAfterAMinute(): Promise<void> {
    moveClock(61_000)
    await this.servers.finish()
  }

  async openPage(): Promise<Page> {
    const page = await this.context.newPage()
    const { uploader, stallTimeoutMs } = { ...this.setting.contender, ...this.more }
    const query = new URLSearchParams({
      uploader,
      ...(stallTimeoutMs && { stallTimeoutMs: `${stallTimeoutMs}` }),
    })
    await page.goto(`${this.app.origin}/?${query}`)
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
    await this.servers.close()
    await this.app.close()
    await this.s3.close()
  }
}

/** What a row wants of the server and the bucket. */
export interface ServerMore {
  /** @default 1 */
  servers?: number
  /** Of the page with our plugin. @default the plugin's */
  stallTimeoutMs?: number
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
  await pickFiles(page.locator('input'), files)
  await page.evaluate(() => void window.uppy.upload())
}
