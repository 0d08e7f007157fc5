// The id of an upload: a UUID (RFC 9562, version 4).
import { randomUUID } from 'node:crypto'

/**
 * @param group shared by all uploads of one call, see {@link randomGroup}. Their ids and default keys start alike, so that one
 * list finds the objects of many small files
 */
export function makeUploadId(group: string): string {
  return group + randomUUID().slice(8)
}

export function randomGroup(): string {
  return randomUUID().slice(0, 8)
}

/** Prefix of the ids of all uploads in this one's group. */
export function togetherPrefix(id: string): string {
  return id.slice(0, 9)
}
