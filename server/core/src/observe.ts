// Traces every operation as an OpenTelemetry span, and passes every error of one to the host's `onError`.
import type { Attributes, SpanStatusCode } from '@opentelemetry/api'
import { PartwayError, toError } from './errors.js'
import type { ErrorInfo } from './hooks.js'
import type { Run } from './notify-host.js'
import { startActiveSpan } from './open-telemetry.js'
import type { ResolvedOptions } from './resolve-options.js'
import { readFailure } from './s3/s3-errors.js'

/** `SpanStatusCode.ERROR`, whose package may not be installed. */
const FAILED: SpanStatusCode.ERROR = 2

/** What an operation is about; filled in as it becomes known. */
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
  { ctx, requestId, report: reportToHost }: Run,
): Observer {
  const tell = (thrown: unknown, operation: string, startedAt: number, subject: Subject) => {
    const error = toError(thrown)
    const { requestId: s3RequestId } = readFailure(error instanceof PartwayError ? error.cause : error)
    const info: ErrorInfo = {
      operation,
      ...subject,
      ...(s3RequestId !== undefined && { s3RequestId }),
      durationMs: performance.now() - startedAt,
      requestId,
    }
    const told = (async () => await onError?.(error, info, ctx))()
    told.catch(reportToHost)
  }
  return {
    operate: (operation, run) =>
      startActiveSpan(`partway.${operation}`, async (span) => {
        const startedAt = performance.now()
        const subject: Subject = {}
        try {
          return await run(subject)
        } catch (error) {
          const code = error instanceof PartwayError ? error.code : 'internal_error'
          span?.setStatus({ code: FAILED, message: code })
          tell(error, operation, startedAt, subject)
          throw error
        } finally {
          span?.setAttributes({ 'partway.request_id': requestId, ...attributesOf(subject) })
          span?.end()
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
