// The id of an upload: a UUID (RFC 9562, version 4).
import { randomUUID } from 'node:crypto'

/**
 * @param group of what is created by one call, see {@link randomGroup}: its ids start alike, and so do the default keys, so that one
 * list finds the objects of many small files
 */
export function makeUploadId(group: string): string {
  return group + randomUUID().slice(8)
}

export function randomGroup(): string {
  return randomUUID().slice(0, 8)
}

/** What the ids of all uploads of this one's group start with. */
export function togetherPrefix(id: string): string {
  return id.slice(0, 9)
}
