// What operations work with, made for each request and each look of the finisher. They know no HTTP; routes know no S3.

import type { PartwayError } from './errors.js'
import type { UploadedObject } from './hooks.js'
import type { Journal } from './journal/journal.js'
import type { Notify } from './notify-host.js'
import type { Operate } from './observe.js'
import type { ChecksumKind } from './protocol.js'
import type { Quota } from './quota/quota.js'
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

export interface Service {
  rules: UploadRules
  s3: S3
  presigner: Presigner
  journal: Journal
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
  /** For what is an operation of its own, such as one upload of many. */
  operate: Operate
  /** Tells the host of what fails nobody's request. */
  report(error: unknown): void
  /** To the host's error log, if it is no fault of a client. */
  log(error: unknown): void
  /** Stands for who is signed in, in what a page gets. */
  ownerMark: string
  /** Makes the token that the page gets. */
  signTicket(ticket: Ticket): Promise<string>
}
