// A page in another browser than the one that started an upload resumes it, possibly with another file.
import type { FoundEntry } from '../journal/entry.js'
import { busy } from '../s3/s3-errors.js'
import type { Service } from '../service.js'
import type { MultipartTicket } from '../tickets/ticket.js'

const MOST_ROUNDS = 5

/**
 * Records this in the journal before the page can send a part. From then on only a page completes the upload, because only a
 * page knows its file.
 *
 * @returns `false` if the entry has changed in the meantime
 */
export async function markJoined({ journal }: Service, found: FoundEntry): Promise<boolean> {
  if (found.joined) return true
  const { path, etag, ...entry } = found
  return await journal.write(path, { ...entry, joined: true }, found)
}

/** For a ticket that `/unfinished` listed. */
export async function joinUpload(service: Service, { id, entry }: MultipartTicket): Promise<void> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const found = await service.journal.read(entry.path)
    // It has ended; the next call to S3 will report that.
    if (typeof found !== 'object' || found.uploads[0]?.ticket.id !== id) return
    if (await markJoined(service, found)) return
  }
  throw busy('Others change the same upload. Try again in a moment.')
}
