// What Partway offers a host besides its routes.
import type { FinishReport } from './operations/finish-uploads.js'
import type { QuotaUsage } from './quota/quota-store.js'

/** @typeParam Result what `onComplete` returns */
export interface Uploads<Result = unknown> {
  /**
   * For a graceful shutdown: refuses new calls with 503, stops the finisher, and resolves when everything in flight is done.
   */
  close(): Promise<void>
  /**
   * One look at the journal, for hosts without a long-lived process (`finishEverySeconds: 0`): call it every minute or so. The
   * first look of a process covers everything, each later one what is due.
   *
   * @throws S3's failure, the signal's reason; TypeError if it does not know which uploads are its own: before its first
   * request a mount needs the options `name` and `secrets`
   */
  finish(options?: { signal?: AbortSignal }): Promise<FinishReport>
  /**
   * What counts against an owner's quota now, for the host's own pages. `undefined`: there is no option `quota`.
   *
   * @throws PartwayError `quota_unavailable`; TypeError when `owner` is not a non-empty string
   */
  quotaOf(owner: string): Promise<QuotaUsage | undefined>
  /** Only for {@link UploadBody}: there is no such field. */
  readonly [result]?: Result
}

declare const result: unique symbol

/** What a page gets from `onComplete`: `type Body = UploadBody<typeof uploads>`, for `new Uppy<Meta, Body>()`. */
export type UploadBody<Of extends Uploads> =
  Of extends Uploads<infer Result>
    ? unknown extends Result
      ? Record<string, unknown>
      : Extract<Result, object>
    : never
