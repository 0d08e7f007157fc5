// From options to what one request works with.
import type { Context } from 'koa'
import { signalWhenGone } from './client-gone.js'
import { createVerifier } from './content/verify-object.js'
import { PartwayError } from './errors.js'
import { notifyHost, type Request } from './notify-host.js'
import { observeOperations } from './observe.js'
import { codeOf, createHealthCheck } from './operations/check-health.js'
import type { HealthReply } from './protocol.js'
import { openQuota } from './quota/quota.js'
import type { ResolvedOptions } from './resolve-options.js'
import type { Call } from './routes/call.js'
import { reportToHost } from './routes/error-boundary.js'
import { allowUpload } from './rules/authorize.js'
import { ownerPrefix } from './rules/object-key.js'
import { createClient } from './s3/connection-options.js'
import { S3Presigner } from './s3/presign.js'
import { SdkS3 } from './s3/sdk-s3.js'
import { createCredentialsIssuer, type TemporaryCredentials } from './s3/temporary-credentials.js'
import type { Service } from './service.js'
import { deriveTicketKeys, importTicketKeys, MIN_SECRET_LENGTH } from './tickets/secrets.js'
import { openSession } from './tickets/session.js'
import { signTicket, type TicketRules } from './tickets/ticket-token.js'

export interface CallStarter {
  /** @throws PartwayError `not_signed_in`, or what `handle` throws */
  startCall(operation: string, request: Request, handle: (call: Call) => Promise<object>): Promise<object>
  /** `undefined`: the host has not switched it on. */
  issueCredentials: ((owner: string) => Promise<TemporaryCredentials>) | undefined
  checkHealth(ctx: Context): Promise<HealthReply>
  /** Tells the host of secrets that cannot be used. */
  checkSecrets(ctx: Context): Promise<void>
  /** Closes the connections of an S3 client that is not the host's. */
  release(): void
}

/** @param admit throws what speaks against the request, before anyone is asked who sent it */
export function createCallStarter(options: ResolvedOptions, admit: (ctx: Context) => void): CallStarter {
  const client = options.client ?? createClient(options)
  const s3 = new SdkS3(client, options.s3TimeoutMs)
  const presigner = new S3Presigner(
    options.signingClient ?? client,
    options.urlExpiresInSeconds,
    options.hosts,
  )
  const { sts, s3TimeoutMs: timeoutMs } = options
  const issueCredentials =
    sts &&
    createCredentialsIssuer({
      sts,
      s3Client: client,
      bucket: options.buckets[0],
      ownerPrefix: (owner) => ownerPrefix(options.keyPrefix, owner),
      timeoutMs,
    })
  const checkS3 = createHealthCheck(client, options)
  let keys: Promise<TicketRules['keys']> | undefined

  /** @throws PartwayError `secrets_invalid` */
  const findKeys = async ({ app }: Context): Promise<TicketRules['keys']> => {
    try {
      keys ??= importTicketKeys(
        options.ticketKeys ?? deriveTicketKeys(app.keys, 'partway(): without option secrets, app.keys'),
      )
      return await keys
    } catch (cause) {
      const message = `The server has no secrets to sign with, or a short one. Set app.keys, or the option secrets, to ${MIN_SECRET_LENGTH} characters or more.`
      throw new PartwayError('secrets_invalid', message, { cause })
    }
  }

  const createService = (
    request: Request,
    tickets: TicketRules,
    reportQuota: (error: unknown) => void,
  ): Service => {
    const verify = createVerifier(options, s3, request.ctx)
    return {
      rules: options,
      s3,
      presigner,
      quota: openQuota(options.quota, reportQuota),
      notify: notifyHost(options, request),
      ...(verify && { verify }),
      needsHeads: verify !== undefined || options.onComplete !== undefined,
      signal: signalWhenGone(request.ctx),
      signTicket: (ticket) => signTicket(ticket, tickets),
    }
  }

  return {
    async startCall(operation, request, handle) {
      const { ctx, requestId } = request
      const { operate, report } = observeOperations(options, request)
      const reportQuota = (error: unknown) => {
        report(error, 'quota')
        reportToHost(ctx, error)
      }
      return await operate(operation, async (subject) => {
        admit(ctx)
        const { ticketExpiresInSeconds: expiresInSeconds } = options
        const tickets = { keys: await findKeys(ctx), expiresInSeconds, mount: request.mount }
        const session = await openSession(ctx, options, tickets)
        const service = createService(request, tickets, reportQuota)
        return await handle({
          ctx,
          requestId,
          options,
          service,
          session,
          operate,
          subject,
          allow: (file) => allowUpload(ctx, options, session, file),
        })
      })
    },

    issueCredentials,

    async checkHealth(ctx) {
      const report = (error: unknown) => reportToHost(ctx, error)
      try {
        await findKeys(ctx)
        return await checkS3(report)
      } catch (error) {
        report(error)
        return { ok: false, code: codeOf(error) }
      }
    },

    async checkSecrets(ctx) {
      await findKeys(ctx).catch((error: unknown) => reportToHost(ctx, error))
    },

    release() {
      if (!options.client) client.destroy()
    },
  }
}
