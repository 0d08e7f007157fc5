// Calls the host's hooks.
import { PartwayError } from './errors.js'
import type { AbortedUpload, UploadedObject } from './hooks.js'
import type { ResolvedOptions } from './resolve-options.js'
import type { AllowedUpload } from './rules/authorize.js'
import type { Ticket } from './tickets/ticket.js'

/** One run of the server: for a page's request, or by itself. */
export interface Run {
  /** The host's context of the request. */
  ctx: unknown
  by: 'page' | 'finisher'
  requestId: string
  /** `performance.now()` at its start. */
  startedAt: number
  /** For the host's error log. */
  report(error: unknown): void
}

/** The fields of an upload that `onAbort` needs. */
type AbortedTicket = Pick<Ticket, 'id' | 'owner' | 'bucket' | 'key' | 'issuedAt'> & { size?: number }

/** The host's hooks, with the request's context. */
export interface Notify {
  created(upload: AllowedUpload): Promise<void>
  /** @returns what the page gets */
  completed(object: UploadedObject, location: string, issuedAt: number): Promise<object | undefined>
  /** @param upload without `size`: its client did not send it */
  aborted(upload: AbortedTicket, reason: AbortedUpload['reason']): Promise<void>
}

export function notifyHost(
  { onCreate, onComplete, onAbort }: Pick<ResolvedOptions, 'onCreate' | 'onComplete' | 'onAbort'>,
  { ctx, by, requestId, startedAt }: Run,
): Notify {
  const sinceIssued = (issuedAt: number) => Math.max(0, Date.now() - issuedAt * 1000)
  return {
    async created({ id, owner, bucket, key, name, size, metadata, headers: { contentType: type } }) {
      const durationMs = performance.now() - startedAt
      const upload = { id, owner, bucket, key, name, type, size, metadata, durationMs, requestId }
      await onCreate?.(upload, ctx)
    },

    async completed(object, location, issuedAt) {
      const completed = { ...object, location, durationMs: sinceIssued(issuedAt), by, requestId }
      try {
        const body = await onComplete?.(completed, ctx)
        if (typeof body !== 'object' || body === null) return undefined
        // Fails here for this file alone; the reply would fail for all. The finisher has no page to reply to.
        if (by === 'page') JSON.stringify(body)
        return body
      } catch (error) {
        // A `PartwayError` is meant for the page.
        throw error instanceof PartwayError ? error : hookFailed('onComplete', error)
      }
    },

    async aborted({ id, owner, bucket, key, size, issuedAt }, reason) {
      const upload = { id, owner, bucket, key, size, reason, durationMs: sinceIssued(issuedAt), requestId }
      await onAbort?.(upload, ctx)
    },
  }
}

/** What a hook threw, as the page may see it. */
export function hookFailed(hook: string, error: unknown): PartwayError {
  const message = 'The file has arrived, but the server could not record it. Try again in a moment.'
  return new PartwayError('hook_failed', message, {
    cause: new Error(`partway(): ${hook} failed`, { cause: error }),
  })
}
