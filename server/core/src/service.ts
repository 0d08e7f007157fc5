// The dependencies of operations, created for each request and each look of the finisher. Operations know no HTTP; routes know
// no S3.

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
  /** Checksum that pages send parts with. */
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
   * Verifies a completed object. Missing if the host asks for no check.
   *
   * @returns the reason to delete it
   * @throws PartwayError `hook_failed`
   */
  verify?: (object: UploadedObject) => Promise<PartwayError | undefined>
  /** Whether the host needs an object's type and metadata, which only a HEAD returns. */
  needsHeads: boolean
  /**
   * Aborts when the client closes its connection. Changes still run to their end, so that nothing stays in
   * doubt.
   */
  signal: AbortSignal
  /** Runs an operation within a request or look, such as one upload of many. */
  operate: Operate
  /** Reports an error that fails no request to the host. */
  report(error: unknown): void
  /** Writes to the host's error log, unless the client is at fault. */
  log(error: unknown): void
  /** Identifies the owner in replies to the page. */
  ownerMark: string
  /** Makes the token that the page gets. */
  signTicket(ticket: Ticket): Promise<string>
}
