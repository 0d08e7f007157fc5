// Shared by all requests of a mount and its finisher: the clients of S3 and the keys.
import { createVerifier } from './content/verify-object.js'
import { PartwayError } from './errors.js'
import { Journal } from './journal/journal.js'
import { notifyHost, type Run } from './notify-host.js'
import { type Observer, observeOperations } from './observe.js'
import { createHealthCheck } from './operations/check-health.js'
import { openQuota } from './quota/quota.js'
import type { ResolvedOptions } from './resolve-options.js'
import { ownerPrefix } from './rules/object-key.js'
import { createClient } from './s3/connection-options.js'
import { S3Presigner } from './s3/presign.js'
import { SdkS3 } from './s3/sdk-s3.js'
import { createCredentialsIssuer, type TemporaryCredentials } from './s3/temporary-credentials.js'
import type { Service } from './service.js'
import { digest } from './tickets/claims.js'
import type { Mount } from './tickets/mount.js'
import { checkSecrets, deriveKeys, type Keys, MIN_SECRET_LENGTH } from './tickets/secrets.js'
import { signTicket } from './tickets/ticket-token.js'

export interface Foundation {
  /** @throws PartwayError `secrets_invalid` */
  findKeys(): Promise<Keys>
  /** Whether the secrets are known by now. */
  hasSecrets(): boolean
  observe(run: Run): Observer
  /** @param caller `undefined`: the server itself, which grants nothing */
  createService(
    run: Run,
    keys: Keys,
    signal: AbortSignal,
    caller: { owner: string; mount: Mount } | undefined,
  ): Service
  /** `undefined`: the host has not switched it on. */
  issueCredentials: ((owner: string) => Promise<TemporaryCredentials>) | undefined
  checkS3: ReturnType<typeof createHealthCheck>
  /** Closes the connections of the S3 client, unless it is the host's. */
  release(): void
}

/** Secrets of the host app, used if the options have none. */
export interface AppSecrets {
  /** What to set, such as `app.keys`. */
  name: string
  /** @returns `undefined` until the framework exposes them */
  read(): { secrets: unknown } | undefined
}

export function createFoundation(options: ResolvedOptions, app?: AppSecrets): Foundation {
  const [missing, places] = app
    ? [`without option secrets, ${app.name}`, `${app.name}, or the option secrets,`]
    : ['option secrets', 'the option secrets']
  const client = options.client ?? createClient(options)
  const s3 = new SdkS3(client, options.s3TimeoutMs)
  const { signingClient = client, urlExpiresInSeconds, hosts, sts, s3TimeoutMs: timeoutMs } = options
  const presigner = new S3Presigner(signingClient, urlExpiresInSeconds, hosts)
  const issueCredentials =
    sts &&
    createCredentialsIssuer({
      sts,
      s3Client: client,
      bucket: options.buckets[0],
      ownerPrefix: (owner) => ownerPrefix(options.keyPrefix, owner),
      timeoutMs,
      journal: options.journal,
    })
  let keys: Promise<Keys> | undefined

  const observe = (run: Run) => observeOperations(options, run)

  return {
    async findKeys() {
      try {
        keys ??= deriveKeys(options.secrets ?? checkSecrets(app?.read()?.secrets, `partway(): ${missing}`))
        return await keys
      } catch (cause) {
        const message = `The server has no secrets to sign with, or a short one. Set ${places} to ${MIN_SECRET_LENGTH} characters or more.`
        throw new PartwayError('secrets_invalid', message, { cause })
      }
    },

    hasSecrets: () => options.secrets !== undefined || app?.read() !== undefined,
    observe,

    createService(run, { tickets, journal }, signal, caller) {
      const verify = createVerifier(options, s3, run.ctx)
      const { operate, report } = observe(run)
      const reportTo = (operation: string) => (error: unknown) => {
        report(error, operation)
        run.report(error)
      }
      const { mount, owner = '' } = caller ?? {}
      const rules = {
        keys: tickets,
        expiresInSeconds: options.ticketExpiresInSeconds,
        mount: mount?.id ?? '',
      }
      return {
        rules: options,
        s3,
        presigner,
        journal: new Journal(s3, { ...options.journal, keys: journal }),
        quota: openQuota(options.quota, reportTo('quota')),
        notify: notifyHost(options, run),
        ...(verify && { verify }),
        needsHeads: verify !== undefined || options.onComplete !== undefined,
        signal,
        operate,
        report: reportTo('journal'),
        log: run.report,
        ownerMark: digest(owner),
        signTicket: (ticket) => signTicket(ticket, rules),
      }
    },

    issueCredentials,
    checkS3: createHealthCheck(client, options),

    release() {
      if (!options.client) client.destroy()
    },
  }
}
