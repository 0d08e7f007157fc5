// The server, for any framework: takes options, returns routes.
import { type AppSecrets, createFoundation } from './create-service.js'
import { isForHost, toError } from './errors.js'
import type { HostsError, HttpCall, HttpReply, HttpRoute } from './http/adapter.js'
import type { Route } from './http/call.js'
import { companionRoutes, stsRoute } from './http/companion.js'
import { answerPreflight, checkOrigin, corsHeaders } from './http/cross-origin.js'
import { createHealthRoute } from './http/health.js'
import { InFlight } from './http/in-flight.js'
import { makeReply, type RenderError } from './http/make-reply.js'
import { nativeRoutes } from './http/native.js'
import { readRequestId } from './http/request-id.js'
import { startCall } from './http/start-call.js'
import type { PartwayOptions } from './options.js'
import { readUsage } from './quota/quota.js'
import { resolveOptions } from './resolve-options.js'
import { createFinisher } from './start-finisher.js'
import { identifyMount } from './tickets/mount.js'
import type { Uploads } from './uploads.js'

export interface UploadServer<Context, Result = unknown> extends Uploads<Result> {
  /** The option `path`: prefix of the routes' paths. */
  path: string
  /** For the framework's router, in this order. */
  routes: readonly HttpRoute<Context>[]
  /** Reports missing secrets to the host's error log before the first upload. */
  checkSecrets(context: Context): Promise<void>
}

/** The app that mounts Partway. */
export interface Host<Context> {
  /** The app's secrets, used if the options have none. */
  secrets?: AppSecrets
  /** Writes to the error log. @param context `undefined` outside of a request */
  report(error: Error, context: Context | undefined): void
}

/** @throws TypeError when an option is missing, unknown or out of bounds */
export function createUploadServer<Context, Result = unknown>(
  options: PartwayOptions<Context, Result>,
  host: Host<Context>,
): UploadServer<Context, Result> {
  const resolved = resolveOptions(options)
  const { path, name, allowedOrigins, companion } = resolved
  const report = (thrown: unknown, context: Context | undefined) => {
    if (!isForHost(thrown)) return
    const error = toError(thrown)
    try {
      host.report(error, context)
    } catch (failure) {
      for (const each of [failure, error]) process.emitWarning(toError(each))
    }
  }
  const inFlight = new InFlight()
  const foundation = createFoundation(resolved, host.secrets)
  const finisher = createFinisher(resolved, foundation, (error) => report(error, undefined))
  const calls = {
    options: resolved,
    foundation,
    admit(http: HttpCall<unknown>) {
      inFlight.checkOpen()
      checkOrigin(http, allowedOrigins)
    },
    seen: ({ place }: { place: string }) => finisher.add(place),
  }

  const answer = async (
    http: HttpCall<Context>,
    { operation, handle }: Route,
    render: RenderError,
  ): Promise<HttpReply | HostsError> => {
    const requestId = readRequestId(http)
    const startedAt = performance.now()
    const mount = identifyMount(http.mount, name)
    const log = (error: unknown) => report(error, http.context)
    const request = { http, requestId, startedAt, mount, report: log }
    const { httpVersion } = http
    const settings = { requestId, render, httpVersion, report: log }
    const reply = await makeReply(() => startCall(calls, operation, request, handle), settings)
    return { ...reply, headers: { ...reply.headers, ...corsHeaders(http, allowedOrigins) } }
  }

  const table = (routes: Route[], render: RenderError): HttpRoute<Context>[] => {
    const answered = routes.map((route): HttpRoute<Context> => {
      const { method, path } = route
      return { method, path, handle: (http) => inFlight.run(http, () => answer(http, route, render)) }
    })
    if (allowedOrigins.length === 0) return answered
    const paths = [...new Set(routes.map((route) => route.path))]
    const preflight = async (http: HttpCall<Context>) => answerPreflight(http, allowedOrigins)
    return [...answered, ...paths.map((path) => ({ method: 'options', path, handle: preflight }) as const)]
  }

  const sts = foundation.issueCredentials ? [stsRoute(foundation.issueCredentials)] : []
  return {
    path,
    routes: [
      ...table(nativeRoutes, (error) => error),
      // `@uppy/aws-s3` 5.1.0 shows `message`.
      ...table([...(companion ? companionRoutes : []), ...sts], (error) => ({
        ...error,
        message: error.error,
      })),
      createHealthRoute(inFlight, foundation, report),
    ],

    async checkSecrets(context) {
      await foundation.findKeys().catch((error: unknown) => report(error, context))
    },

    async close() {
      await Promise.all([inFlight.close(), finisher.stop()])
      foundation.release()
    },

    finish: async ({ signal } = {}) => await finisher.finish(signal),
    quotaOf: async (owner) => resolved.quota && (await readUsage(resolved.quota, owner)),
  }
}
