// What operations work with, made for each request. They know no Koa; routes know no S3.

import type { PartwayError } from './errors.js'
import type { Upload, UploadedObject } from './hooks.js'
import type { ChecksumKind } from './protocol.js'
import type { Quota } from './quota/quota.js'
import type { AllowedUpload } from './rules/authorize.js'
import type { PartRules } from './rules/plan-parts.js'
import type { Presigner } from './s3/presign.js'
import type { S3 } from './s3/s3.js'
import type { Ticket } from './tickets/ticket.js'

export interface UploadRules extends PartRules {
  /** Bytes; more than this goes in parts. */
  multipartThreshold: number
  singleUpload: 'form' | 'put'
  urlExpiresInSeconds: number
  ticketExpiresInSeconds: number
  /** What pages send parts with. */
  checksum: ChecksumKind | 'none'
}

/** The host's hooks, with this request's context. */
export interface Notify {
  created(upload: AllowedUpload): Promise<void>
  /** @returns what the page gets */
  completed(object: UploadedObject, location: string, issuedAt: number): Promise<object | undefined>
  aborted(upload: Upload & { size: number | undefined }, issuedAt: number): Promise<void>
}

export interface Service {
  rules: UploadRules
  s3: S3
  presigner: Presigner
  quota: Quota
  notify: Notify
  /**
   * Looks into an object that is complete. Missing where the host wants none.
   *
   * @returns why it must not stay
   * @throws PartwayError `hook_failed`
   */
  verify?: (object: UploadedObject) => Promise<PartwayError | undefined>
  /** Whether the host is to hear of an object's type and metadata, which only a HEAD tells. */
  needsHeads: boolean
  /**
   * Aborts when the client has closed its connection. What changes something goes on all the same, so that nothing
   * stays in doubt.
   */
  signal: AbortSignal
  /** Makes the token that the page keeps. */
  signTicket(ticket: Ticket): Promise<string>
}
