// The hooks of `partway()`, and what they get.
import type { PartwayError } from './errors.js'

/** An upload, as every hook sees it. */
export interface Upload {
  /** UUID. */
  id: string
  /** What the option `owner` returned. */
  owner: string
  /** The bucket that it goes to. */
  bucket: string
  /** The object's key. */
  key: string
}

/** An upload that is about to be granted. */
export interface CreatedUpload extends Upload {
  /** The file's name, as the page sent it. */
  name: string
  /** Content type of the object. */
  type: string
  /** Bytes; `undefined` for clients of the Companion routes, which do not send it. */
  size: number | undefined
  /** As `authorize` and `limits` allow it. */
  metadata: Readonly<Record<string, string>>
  /** Milliseconds since the page's request. */
  durationMs: number
  /** Identifies the page's request, also in its reply (`X-Request-Id`). */
  requestId: string
}

/** An object that S3 holds, as S3 describes it. */
export interface UploadedObject extends Upload {
  /** Bytes. */
  size: number
  /** As S3 gives it, with its quotes. */
  etag: string
  /** Content type. */
  type: string
  /** As the page sent it, or as `authorize` replaced it. Names are in lower case. */
  metadata: Readonly<Record<string, string>>
}

/** An object that is in the bucket and verified. */
export interface CompletedObject extends UploadedObject {
  /** The object's URL, without a signature. */
  location: string
  /** Milliseconds since the upload was created. */
  durationMs: number
  /** What completed it: a page, or the server, which found it whole after its page had left. */
  by: 'page' | 'finisher'
  /** Identifies the page's request, or the finisher's look at the journal. */
  requestId: string
}

/** An upload that was given up. */
export interface AbortedUpload extends Upload {
  /** Bytes; `undefined` for clients of the Companion routes. */
  size: number | undefined
  /**
   * `cancelled`: its user cancelled it. `expired`: no page can resume it any more. `refused`: its size is not allowed.
   * `withdrawn`: another request for the same upload was faster, and the page gets that one; or the creation failed.
   */
  reason: 'cancelled' | 'expired' | 'refused' | 'withdrawn'
  /** Milliseconds since the upload was created. */
  durationMs: number
  /** Identifies the page's request, or the finisher's look at the journal. */
  requestId: string
}

/** Where an error happened. What is not known (yet) is missing. */
export interface ErrorInfo extends Partial<Upload> {
  /** Such as `create`, `create.file` or `complete.file`. */
  operation: string
  /** Bytes of the file. */
  size?: number
  /** S3's id of the request that failed, for its operator. */
  s3RequestId?: string
  /** Milliseconds from the start of the operation to the error. */
  durationMs: number
  /** Identifies the page's request, or the finisher's look at the journal. */
  requestId: string
}

/**
 * `ctx` belongs to the page's request. `undefined`: the server acts by itself.
 *
 * @typeParam Result what `onComplete` returns
 */
export interface Hooks<Context, Result = unknown> {
  /**
   * An upload is about to be granted. Runs once for each upload, and not again when a page resumes it.
   *
   * @returns anything; it is ignored.
   * @throws The upload is not granted, and nothing of it stays. A `PartwayError` reaches the page. It gets `internal_error` for any
   * other error, which goes to your error log.
   */
  onCreate?: (upload: CreatedUpload, ctx: Context) => unknown
  /**
   * The object is in the bucket, verified. Runs at least once for every object, whatever happens to its page: again after a
   * lost reply, a failure of this hook or a crash of the server, so recognize repetitions by `upload.id`.
   *
   * @returns an object whose fields reach the page as JSON (`response.body` of Uppy's `upload-success`), or anything else.
   * @throws The call fails with 500 `hook_failed`, or with the `PartwayError` that you throw. Completing again runs the hook again.
   * An object that JSON cannot hold, with a BigInt for example, fails the page's call in the same way.
   * The object stays: this hook never causes a deletion. To refuse an object and have it deleted, use `onVerify`.
   * @see docs/after-the-upload.md#what-partway-promises
   */
  onComplete?: ((upload: CompletedObject, ctx: Context | undefined) => Result | Promise<Result>) | undefined
  /**
   * The upload was aborted, and S3 holds nothing of it. May run again for the same upload.
   *
   * @returns anything; it is ignored.
   * @throws The abort fails. Aborting again runs the hook again.
   */
  onAbort?: ((upload: AbortedUpload, ctx: Context | undefined) => unknown) | undefined
  /**
   * Every error: refusals (`PartwayError`, see its `code` and `status`) and failures. Nobody waits for it.
   *
   * @returns anything; it is ignored.
   * @throws What it throws goes to your error log (Koa: the app's `error` event).
   */
  onError?: ((error: PartwayError | Error, info: ErrorInfo, ctx: Context | undefined) => unknown) | undefined
}
