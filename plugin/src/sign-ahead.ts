// While the user still looks at a file that was added again, the part that goes ahead once it is started gets its signature.
import type { IdentifiableFile, UploadContext } from './file-upload.js'
import { isSigned, partChecksum } from './part-checksum.js'
import { identify, toRecalled } from './resume.js'
import { noteExpiry, type SignedUrl } from './signatures.js'
import { type MultipartRecord, untouchedPart } from './upload-record.js'

/** Longest wait for the server. */
const ASK_MS = 10_000

interface SigningAhead {
  /** `undefined`: it did not work out. */
  signed: Promise<{ url: SignedUrl; record: MultipartRecord } | undefined>
  end(): void
}

const ahead = new WeakMap<Blob, SigningAhead>()

/**
 * Does nothing for a file that the browser knows no upload of.
 * @throws what came in between. Nobody else need know: once the file is started, the server is asked anyway.
 */
export async function signAhead(file: IdentifiableFile, context: UploadContext): Promise<void> {
  const ending = new AbortController()
  const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(ASK_MS)])
  const stored = await context.store.get(await identify(file, context, signal))
  if (!stored) return
  const record = toRecalled(stored)
  const partNumber = untouchedPart(record)
  if (partNumber === undefined) return
  context.preconnect()
  const signing = signPart(partNumber, file, record, context, signal)
  const signed = signing.then((url) => ({ url, record })).catch(() => undefined)
  ahead.set(file.data, { signed, end: () => ending.abort() })
  await signing
}

/**
 * Gives it out once. With it the record knows the part's checksum. `undefined`: there is none under way.
 *
 * @returns Resolves with nothing if it did not work out, was for another upload, or the signal has ended it.
 */
export function takeSignedAhead(
  { data }: IdentifiableFile,
  record: MultipartRecord,
  signal: AbortSignal,
): Promise<SignedUrl[]> | undefined {
  const signing = ahead.get(data)
  if (!signing) return undefined
  ahead.delete(data)
  signal.addEventListener('abort', signing.end)
  return signing.signed.then((found) => {
    if (found?.record.ticket !== record.ticket) return []
    for (const [partNumber, checksum] of found.record.checksums) record.checksums.set(partNumber, checksum)
    return [found.url]
  })
}

async function signPart(
  partNumber: number,
  file: IdentifiableFile,
  record: MultipartRecord,
  context: UploadContext,
  signal: AbortSignal,
): Promise<SignedUrl> {
  const { ticket, checksum: kind } = record
  const computing = partChecksum(partNumber, file, record, context, signal)
  const checksum = isSigned(kind) ? await computing : undefined
  const part = { partNumber, ...(checksum !== undefined && { checksum }) }
  const [signed] = await Promise.all([context.server.signOnce(ticket, [part], signal), computing])
  const [url] = noteExpiry(signed)
  return url as SignedUrl
}
