// The hooks of `partway()`, and what they get.
import type { PartwayError } from './errors.js'

/** An upload, as every hook sees it. */
export interface Upload {
  /** UUID. */
  id: string
  owner: string
  bucket: string
  key: string
}

export interface CreatedUpload extends Upload {
  /** The file's name, as the page sent it. */
  name: string
  /** Content type of the object. */
  type: string
  /** Bytes; `undefined` for clients of the Companion routes, which do not send it. */
  size: number | undefined
  /** As allowed. */
  metadata: Readonly<Record<string, string>>
  /** Milliseconds that the creation took. */
  durationMs: number
  requestId: string
}

/** An object that S3 holds, as S3 describes it. */
export interface UploadedObject extends Upload {
  size: number
  etag: string
  type: string
  /** Decoded. */
  metadata: Readonly<Record<string, string>>
}

export interface CompletedObject extends UploadedObject {
  /** The object's URL, without a signature. */
  location: string
  /** Milliseconds since the upload was created. */
  durationMs: number
  /** What completed it: a page, or the server, which found it whole after its page had left. */
  by: 'page' | 'finisher'
  requestId: string
}

export interface AbortedUpload extends Upload {
  /** Bytes; `undefined` for clients of the Companion routes. */
  size: number | undefined
  /**
   * `cancelled`: its user cancelled it. `expired`: no page can resume it any more. `refused`: its size is not allowed.
   * `withdrawn`: another request for the same upload was faster, and the page gets that one.
   */
  reason: 'cancelled' | 'expired' | 'refused' | 'withdrawn'
  /** Milliseconds since the upload was created. */
  durationMs: number
  requestId: string
}

/** Where an error happened; what is not known (yet) is missing. */
export interface ErrorInfo extends Partial<Upload> {
  /** Such as `create` or `complete`. */
  operation: string
  size?: number
  /** S3's id of the request that failed, for its operator. */
  s3RequestId?: string
  /** Milliseconds from the start of the operation to the error. */
  durationMs: number
  /** Of the page's request, or of the finisher's look at the journal. */
  requestId: string
}

/**
 * `ctx` belongs to the page's request. `undefined`: the server acts by itself.
 *
 * @typeParam Result what `onComplete` returns
 */
export interface Hooks<Context, Result = unknown> {
  /**
   * An upload is about to be granted. If this throws, it is not granted: nothing of it stays, and the page gets the error.
   * Throw a `PartwayError` with code `refused`, or with a code and status of your own, for a message that the page may see.
   */
  onCreate?: (upload: CreatedUpload, ctx: Context) => unknown
  /**
   * The object is in the bucket, verified. Runs at least once for every object, whatever happens to its page: again after a
   * lost reply, a failure of this hook or a crash of the server, so recognize repetitions by `upload.id`.
   *
   * If this throws, even a `PartwayError`, the call fails and the object stays: this hook never causes a deletion. To refuse an
   * object and have it deleted, use `onVerify`.
   *
   * @returns an object whose fields reach the page (`response.body` of Uppy's `upload-success`), or anything else
   */
  onComplete?: ((upload: CompletedObject, ctx: Context | undefined) => Result | Promise<Result>) | undefined
  /** The upload was aborted, and S3 holds nothing of it. May run again for the same upload. */
  onAbort?: ((upload: AbortedUpload, ctx: Context | undefined) => unknown) | undefined
  /**
   * Every error: refusals (`PartwayError`, see its `code` and `status`) and failures. What this throws goes to the host's error
   * log (Koa: the app's `error` event).
   */
  onError?: ((error: PartwayError | Error, info: ErrorInfo, ctx: Context | undefined) => unknown) | undefined
}
