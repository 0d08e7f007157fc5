// Every operation as an OpenTelemetry span, and every error of one to the host's `onError`.
import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api'
import { PartwayError } from './errors.js'
import type { ErrorInfo } from './hooks.js'
import type { Request } from './notify-host.js'
import type { ResolvedOptions } from './resolve-options.js'
import { readFailure } from './s3/s3-errors.js'

/** What an operation turns out to be about; filled in as it becomes known. */
export type Subject = Pick<ErrorInfo, 'id' | 'owner' | 'bucket' | 'key' | 'size'>

export type Operate = <Result>(
  operation: string,
  run: (subject: Subject) => Promise<Result>,
) => Promise<Result>

export interface Observer {
  operate: Operate
  /** For an error that fails no operation. */
  report(error: unknown, operation: string): void
}

export function observeOperations(
  { onError }: Pick<ResolvedOptions, 'onError'>,
  { ctx, requestId }: Request,
): Observer {
  const tell = (error: unknown, operation: string, startedAt: number, subject: Subject) => {
    const { requestId: s3RequestId } = readFailure(error instanceof PartwayError ? error.cause : error)
    const info: ErrorInfo = {
      operation,
      ...subject,
      ...(s3RequestId !== undefined && { s3RequestId }),
      durationMs: performance.now() - startedAt,
      requestId,
    }
    const told = (async () => await onError?.(error, info, ctx))()
    told.catch((failure) => ctx.app.emit('error', failure, ctx))
  }
  // Without an OpenTelemetry SDK in the host app, its spans cost and do nothing. Asked for late: the SDK may come
  // after this module, and with a copy of the API of its own.
  const tracer = trace.getTracer('@partway/koa')
  return {
    operate: (operation, run) =>
      tracer.startActiveSpan(`partway.${operation}`, async (span) => {
        const startedAt = performance.now()
        const subject: Subject = {}
        try {
          return await run(subject)
        } catch (error) {
          const code = error instanceof PartwayError ? error.code : 'internal_error'
          span.setStatus({ code: SpanStatusCode.ERROR, message: code })
          tell(error, operation, startedAt, subject)
          throw error
        } finally {
          span.setAttributes({ 'partway.request_id': requestId, ...attributesOf(subject) })
          span.end()
        }
      }),

    report: (error, operation) => tell(error, operation, performance.now(), {}),
  }
}

// Names of OpenTelemetry's semantic conventions where there is one.
function attributesOf({ id, owner, bucket, key, size }: Subject): Attributes {
  return {
    'partway.upload.id': id,
    'partway.owner': owner,
    'aws.s3.bucket': bucket,
    'aws.s3.key': key,
    'file.size': size,
  }
}
