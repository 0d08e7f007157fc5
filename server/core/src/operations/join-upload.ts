// A page of another browser than the one that began an upload goes on with it, with a file that may be another.
import type { FoundEntry } from '../journal/entry.js'
import { busy } from '../s3/s3-errors.js'
import type { Service } from '../service.js'
import type { MultipartTicket } from '../tickets/ticket.js'

const MOST_ROUNDS = 5

/**
 * Notes it in the journal before the page can send a part: from then on only a page, which knows its file, completes the upload.
 *
 * @returns `false`: the entry has changed meanwhile
 */
export async function markJoined({ journal }: Service, found: FoundEntry): Promise<boolean> {
  if (found.joined) return true
  const { path, etag, ...entry } = found
  return await journal.write(path, { ...entry, joined: true }, found)
}

/** For a ticket of the list. */
export async function joinUpload(service: Service, { id, entry }: MultipartTicket): Promise<void> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const found = await service.journal.read(entry.path)
    // It has ended, and S3 will say so.
    if (typeof found !== 'object' || found.uploads[0]?.ticket.id !== id) return
    if (await markJoined(service, found)) return
  }
  throw busy('Others change the same upload. Try again in a moment.')
}
