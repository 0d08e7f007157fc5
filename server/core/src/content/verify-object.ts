// Whether the content of a finished object may stay: its declared type, and the host's own check.
import { describeKind } from '../describe-misuse.js'
import { PartwayError } from '../errors.js'
import type { UploadedObject } from '../hooks.js'
import { hookFailed } from '../notify-host.js'
import type { ResolvedOptions } from '../resolve-options.js'
import { readRefusal } from '../rules/refusal.js'
import type { S3 } from '../s3/s3.js'
import { checkContentType, HEAD_BYTES } from './check-content-type.js'

type Rules = Pick<ResolvedOptions, 'verifyContent' | 'onVerify'>

/** @returns `undefined` when the host asks for no check */
export function createVerifier(
  { verifyContent, onVerify }: Rules,
  s3: Pick<S3, 'readStart'>,
  ctx: unknown,
): ((object: UploadedObject) => Promise<PartwayError | undefined>) | undefined {
  if (!verifyContent && !onVerify) return undefined
  return async (object) => {
    // An empty object has no range to read.
    const head = object.size === 0 ? new Uint8Array() : await s3.readStart(object, HEAD_BYTES, object.etag)
    const mismatch = verifyContent ? await checkContentType(head, object.type) : undefined
    if (mismatch) return contentMismatch(object.type, mismatch.detected)
    return onVerify && (await askHost(onVerify, object, head, ctx))
  }
}

function contentMismatch(declared: string, detected: string | undefined): PartwayError {
  const found = detected === undefined ? 'something else' : detected
  return new PartwayError(
    'content_mismatch',
    `The file was sent as ${declared}, but its content is ${found}. It was deleted. Send a file of the right type.`,
  )
}

async function askHost(
  onVerify: NonNullable<Rules['onVerify']>,
  object: UploadedObject,
  head: Uint8Array,
  ctx: unknown,
): Promise<PartwayError | undefined> {
  try {
    const verdict: unknown = await onVerify(object, head, ctx)
    if (verdict === true) return undefined
    const refusal = readRefusal(verdict, 'onVerify', 'content_refused')
    if (refusal) return refusal
    throw new TypeError(
      `partway(): onVerify must return true, false or { refuse }, got ${describeKind(verdict)}`,
    )
  } catch (error) {
    throw hookFailed('onVerify', error)
  }
}
