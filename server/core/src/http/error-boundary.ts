// Where refusals become replies, once. Errors that are not ours go to the host's own error handling.
import type { Context } from 'koa'
import { PartwayError } from '../errors.js'
import type { ErrorBody } from '../protocol.js'

/** What a refusal looks like; clients differ in the field that they read the sentence from. */
export type RenderError = (error: ErrorBody) => ErrorBody & { message?: string }

/** Runs `handle` and replies with what it returns, or with the refusal that it throws. */
export async function reply(
  ctx: Context,
  { requestId, render }: { requestId: string; render: RenderError },
  handle: () => Promise<object>,
): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  ctx.set('X-Request-Id', requestId)
  try {
    ctx.body = await handle()
  } catch (error) {
    if (!(error instanceof PartwayError)) throw error
    reportToHost(ctx, error)
    ctx.status = error.status
    // Some clients show nothing but the reason phrase, which HTTP/2 does not have.
    if (ctx.req.httpVersionMajor < 2) ctx.message = error.code
    // Where connections are balanced and not requests, trying again would reach this server again.
    if (ctx.req.httpVersionMajor < 2 && error.code === 'shutting_down') ctx.set('Connection', 'close')
    if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(error.retryAfterSeconds))
    ctx.body = render(error.toBody(requestId))
  }
}

/** The host's log gets what is no fault of the client and not the host's own doing, with its cause. */
export function reportToHost(ctx: Context, error: unknown): void {
  if (isForHost(error)) ctx.app.emit('error', error, ctx)
}

export function isForHost(error: unknown): boolean {
  return !(error instanceof PartwayError) || (error.status >= 500 && error.code !== 'shutting_down')
}
