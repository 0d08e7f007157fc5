// What a host has of Partway besides its routes.
import type { FinishReport } from './operations/finish-uploads.js'
import type { QuotaUsage } from './quota/quota-store.js'

/** @typeParam Result what `onComplete` returns */
export interface Uploads<Result = unknown> {
  /**
   * For a graceful shutdown: refuses new calls with 503, stops the finisher, and resolves when what is under way is done.
   */
  close(): Promise<void>
  /**
   * One look at the journal, for hosts without a process that stays (`finishEverySeconds: 0`): call it every minute or so. The first
   * look of a process is at everything, each later one at what is due.
   *
   * @throws what S3 failed with, the signal's reason; TypeError where nothing tells which uploads are its own: before its first
   * request a mount needs the options `name` and `secrets`
   */
  finish(options?: { signal?: AbortSignal }): Promise<FinishReport>
  /**
   * What counts against an owner's quota now, for the host's own pages. `undefined`: there is no option `quota`.
   *
   * @throws PartwayError `quota_unavailable`; TypeError when `owner` is no text
   */
  quotaOf(owner: string): Promise<QuotaUsage | undefined>
  /** For {@link UploadBody} alone: there is no such field. */
  readonly [result]?: Result
}

declare const result: unique symbol

/** What a page gets of `onComplete`: `type Body = UploadBody<typeof uploads>`, for `new Uppy<Meta, Body>()`. */
export type UploadBody<Of extends Uploads> =
  Of extends Uploads<infer Result>
    ? unknown extends Result
      ? Record<string, unknown>
      : Extract<Result, object>
    : never
