// Calls the host's hooks with what they are to know.
import type { Context } from 'koa'
import { PartwayError } from './errors.js'
import type { ResolvedOptions } from './resolve-options.js'
import type { Notify } from './service.js'

export interface Request {
  ctx: Context
  requestId: string
  /** `performance.now()` at its start. */
  startedAt: number
  /** Where it came to: see `identifyMount`. */
  mount: string
}

export function notifyHost(
  { onCreate, onComplete, onAbort }: Pick<ResolvedOptions, 'onCreate' | 'onComplete' | 'onAbort'>,
  { ctx, requestId, startedAt }: Request,
): Notify {
  const sinceIssued = (issuedAt: number) => Math.max(0, Date.now() - issuedAt * 1000)
  return {
    async created({ id, owner, bucket, key, name, size, metadata, headers: { contentType: type } }) {
      const durationMs = performance.now() - startedAt
      const upload = { id, owner, bucket, key, name, type, size, metadata, durationMs, requestId }
      await onCreate?.(upload, ctx)
    },

    async completed(object, location, issuedAt) {
      const completed = { ...object, location, durationMs: sinceIssued(issuedAt), requestId }
      try {
        const body = await onComplete?.(completed, ctx)
        return typeof body === 'object' && body !== null ? body : undefined
      } catch (error) {
        // It was meant for the page.
        throw error instanceof PartwayError ? error : hookFailed('onComplete', error)
      }
    },

    async aborted(upload, issuedAt) {
      await onAbort?.({ ...upload, durationMs: sinceIssued(issuedAt), requestId }, ctx)
    },
  }
}

/** What a hook threw, as the page may see it. */
export function hookFailed(hook: string, error: unknown): PartwayError {
  const message = 'The file has arrived, but the server could not take note of it. Try again in a moment.'
  return new PartwayError('hook_failed', message, {
    cause: new Error(`partway(): ${hook} failed`, { cause: error }),
  })
}
