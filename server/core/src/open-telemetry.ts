// Spans of OpenTelemetry, for hosts that have installed its API.
import type { Span } from '@opentelemetry/api'

// A static import would need the package. Awaited where a span starts, so that this module itself is there at once.
const api = import('@opentelemetry/api').catch((error?: NodeJS.ErrnoException) => {
  // ERR_ for `import`; without it in bundles, where it is `require`.
  if (/^(ERR_)?MODULE_NOT_FOUND$/.test(error?.code ?? '')) return
  process.emitWarning(`@partway/server goes on without spans: @opentelemetry/api does not load (${error})`)
})

/**
 * Without an OpenTelemetry SDK in the host app, a span costs and does nothing.
 *
 * @param run ends the span; it gets none if the API is not installed, or does not load
 */
export async function startActiveSpan<Result>(
  name: string,
  run: (span?: Span) => Promise<Result>,
): Promise<Result> {
  const openTelemetry = await api
  // The tracer is asked for late: the SDK may come after this module, and with a copy of the API of its own.
  return openTelemetry ? openTelemetry.trace.getTracer('@partway/server').startActiveSpan(name, run) : run()
}
