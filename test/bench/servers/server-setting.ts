// What an app server of the benchmark is started with, and the kinds of them there are.
import type { RequestListener } from 'node:http'
import type { PartwayOptions } from '@partway/koa'

export type ServerKind = 'site' | 'partway' | 'companion' | 'tus'

/** Plain data: it goes to another process. */
export interface ServerSetting {
  kind: ServerKind
  /** Folder of the built page. */
  pageFolder: string
  bucket: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** Where S3 is, for the server itself. */
  endpoint: string
  /** Where pages find S3, as far as that is somewhere else. `@partway/koa` only. */
  publicEndpoint?: string
  /** Of `@partway/koa`, besides the defaults. `hosts` may be one that this version does not have. */
  partway?: Partial<Pick<PartwayOptions, 'checksum' | 'partSize' | 'multipartThreshold'>> & {
    hosts?: string[]
  }
}

/** Each kind's file exports one as its default. It answers all but the page. */
export type CreateServer = (setting: ServerSetting) => RequestListener | Promise<RequestListener>
