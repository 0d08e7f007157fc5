// The two that are put to the test: ours, and what it replaces. Each is a page with its plugin and a server.
import type { RequestListener } from 'node:http'
import { type PartwayOptions, partway } from '@partway/koa'
import Koa from 'koa'
import type { BuiltPage } from '../support/build-page.js'
import { createCompanion } from '../support/create-companion.js'

/** What a server is started with. */
export interface ServerSetting {
  bucket: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** Where pages and server find S3: the way that can be broken. */
  endpoint: string
  page: BuiltPage
  /** Seconds that a signed URL is good for. */
  urlExpiresInSeconds: number
  /** The host has heard of an object. */
  onHeard(key: string): void
}

export interface AppServer {
  listener: RequestListener
  /** One look at what was left unfinished. Missing: nobody looks. */
  finish?(): Promise<unknown>
  /** What it does besides answering ends. */
  close?(): Promise<void>
}

/** What rows may want of ours. */
export type ServerOptions = Partial<Pick<PartwayOptions, 'quota' | 'partSize'>>

export interface Contender {
  name: string
  /** Of the page. */
  uploader: 'partway' | 'aws-s3'
  createServer(setting: ServerSetting, more?: ServerOptions): AppServer
}

const secret = 'a secret for tests that is long enough'

export const ours: Contender = {
  name: '@partway/uppy + @partway/koa',
  uploader: 'partway',
  createServer(setting, more) {
    const { bucket, urlExpiresInSeconds, page } = setting
    const app = new Koa()
    // Broken connections are what these runs are about.
    app.silent = true
    const options: Partial<PartwayOptions> = {
      bucket,
      region: setting.region,
      credentials: setting.credentials,
      endpoint: setting.endpoint,
      forcePathStyle: true,
      owner: () => 'ada',
      secrets: [secret],
      // So that a server knows its uploads before any request.
      name: 'uploads',
      partSize: 5 * 1024 ** 2,
      urlExpiresInSeconds,
      onComplete: ({ key }) => setting.onHeard(key),
    }
    const uploads = partway({ ...options, ...more } as PartwayOptions)
    app.use(uploads)
    app.use(page.serve)
    return { listener: app.callback(), finish: uploads.finish, close: uploads.close }
  },
}

export const peer: Contender = {
  name: '@uppy/aws-s3 6.3.1 + @uppy/companion 6.2.2',
  uploader: 'aws-s3',
  createServer({ page, ...setting }) {
    const companion = createCompanion(setting)
    const site = new Koa().use(page.serve).callback()
    return {
      listener: (request, response) => {
        const isCall = request.url?.startsWith('/uploads/')
        if (isCall) request.url = request.url?.slice('/uploads'.length)
        void (isCall ? companion : site)(request, response)
      },
    }
  },
}
