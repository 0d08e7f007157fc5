// The tries of one file's creation: a reply can get lost after the server has done its work.
import type { FileRequest } from '@partway/koa/protocol'

/** Kept until there is a reply. */
export interface CreateAttempt {
  /** The same for all tries, so that the server finds what an earlier one created. */
  readonly nonce: string
  /** Whether a try has been on its way. */
  sent: boolean
}

/** A file that is to be created. */
export interface Creation {
  file: FileRequest
  attempt: CreateAttempt
}

export function newAttempt(): CreateAttempt {
  // `randomUUID` is missing on insecure origins.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const nonce = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { nonce, sent: false }
}

export function toRequest({ file, attempt: { nonce, sent } }: Creation): FileRequest {
  return { ...file, nonce, ...(sent && { again: true }) }
}
