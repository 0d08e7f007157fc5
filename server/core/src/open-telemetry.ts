// Spans of OpenTelemetry, for hosts that have installed its API.
import type { Span } from '@opentelemetry/api'

// A static import would require the package. Awaited only where a span starts, so that this module loads at once.
const api = import('@opentelemetry/api').catch((error?: NodeJS.ErrnoException) => {
  // With ERR_ from `import`; without it in bundles, which use `require`.
  if (/^(ERR_)?MODULE_NOT_FOUND$/.test(error?.code ?? '')) return
  process.emitWarning(`@partway/server goes on without spans: @opentelemetry/api does not load (${error})`)
})

/**
 * Without an OpenTelemetry SDK in the host app, a span does nothing and costs nothing.
 *
 * @param run ends the span; it gets none if the API is not installed, or does not load
 */
export async function startActiveSpan<Result>(
  name: string,
  run: (span?: Span) => Promise<Result>,
): Promise<Result> {
  const openTelemetry = await api
  // Gets the tracer late: the SDK may load after this module, and with its own copy of the API.
  return openTelemetry ? openTelemetry.trace.getTracer('@partway/server').startActiveSpan(name, run) : run()
}
