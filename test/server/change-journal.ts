// The journal of the tests' apps, to change what it has of an upload.
import type { S3Client } from '@aws-sdk/client-s3'
import { Journal } from '../../server/core/src/journal/journal.js'
import { SdkS3 } from '../../server/core/src/s3/sdk-s3.js'
import { checkSecrets, deriveKeys } from '../../server/core/src/tickets/secrets.js'
import type { MultipartTicket } from '../../server/core/src/tickets/ticket.js'
import { journalKeys } from '../support/bucket-contents.js'
import { secrets } from './serve.js'

const PREFIX = '.partway/'

/** @param change what is other of an upload in parts, by its name and ticket */
export async function changeJournal(
  client: S3Client,
  bucket: string,
  change: (name: string, ticket: Omit<MultipartTicket, 'entry'>) => Partial<MultipartTicket>,
): Promise<void> {
  const { journal: keys } = await deriveKeys(checkSecrets(secrets, 'secrets'))
  const journal = new Journal(new SdkS3(client, 60_000), { bucket, prefix: PREFIX, keys })
  for (const key of await journalKeys(client, bucket)) {
    const found = await journal.read(key.slice(PREFIX.length))
    const upload = typeof found === 'object' ? found.uploads[0] : undefined
    if (typeof found !== 'object' || upload?.ticket.kind !== 'multipart') continue
    const { path, etag: _, ...entry } = found
    const ticket = { ...upload.ticket, ...change(upload.name, upload.ticket) }
    await journal.write(path, { ...entry, uploads: [{ ...upload, ticket }] }, found)
  }
}
