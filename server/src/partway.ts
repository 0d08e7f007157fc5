// The middleware: options in, one Koa middleware out.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { PartwayOptions } from './options.js'
import { SdkPresigner } from './presign.js'
import { type ResolvedOptions, resolveOptions } from './resolve-options.js'
import type { StartCall } from './routes/call.js'
import { addCompanionRoutes } from './routes/companion.js'
import { addNativeRoutes } from './routes/native.js'
import { SdkS3 } from './sdk-s3.js'
import { deriveTicketKeys } from './secrets.js'
import type { Service } from './service.js'
import { openSession } from './session.js'
import { signTicket, type TicketRules } from './ticket.js'

/**
 * Koa middleware for browser uploads straight to S3. Mount it with `app.use`, in a router or under `koa-mount`;
 * requests that are not its own go on to `next()`.
 *
 * @throws TypeError when an option is missing, unknown or out of bounds
 */
export function partway(options: PartwayOptions): Middleware {
  const resolved = resolveOptions(options)
  const router = new Router(resolved.path === '/' ? {} : { prefix: resolved.path })
  const startCall = prepareCalls(resolved)
  addNativeRoutes(router, startCall)
  addCompanionRoutes(router, startCall)
  // Koa routers that this is nested in find the routes through its `router` property.
  return router.routes() as Middleware
}

function prepareCalls(options: ResolvedOptions): StartCall {
  const client = options.client ?? createClient(options)
  const s3 = new SdkS3(client, options.s3TimeoutMs)
  const presigner = new SdkPresigner(client, options.urlExpiresInSeconds)
  let keys = options.ticketKeys

  return async (ctx: Context) => {
    keys ??= deriveTicketKeys(ctx.app.keys, 'partway(): without option secrets, app.keys')
    const tickets: TicketRules = { keys, expiresInSeconds: options.ticketExpiresInSeconds }
    const service: Service = {
      rules: options,
      s3,
      presigner,
      signTicket: (ticket) => signTicket(ticket, tickets),
    }
    return { ctx, service, session: await openSession(ctx, options, tickets) }
  }
}

function createClient({ region, endpoint, credentials, forcePathStyle }: ResolvedOptions): S3Client {
  const config: S3ClientConfig = {
    // Checksums of bodies that the browser sends are not the server's to compute; stores other than AWS refuse some.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
  }
  return new S3Client(config)
}
