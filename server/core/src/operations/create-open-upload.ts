// Starts an upload for a Companion client, which does not send the file's size.
import type { Entry } from '../journal/entry.js'
import { nameAlone } from '../journal/entry-names.js'
import type { AllowedUpload } from '../rules/authorize.js'
import { MAX_PART_SIZE } from '../rules/plan-parts.js'
import type { SignedForm, SignedPut } from '../s3/presign.js'
import type { Service } from '../service.js'
import { secondsNow } from '../tickets/ticket.js'
import type { EndedUpload } from './deliver-object.js'
import { type Beginning, withMultipartUpload, withReservation } from './undo-on-failure.js'

/** @throws PartwayError when the quota refuses or S3 fails */
export async function createOpenUpload(
  service: Service,
  upload: AllowedUpload,
  { folder, ...beginning }: Beginning,
): Promise<string> {
  const { id, owner, limits, name, type, sentMetadata: metadata } = upload
  const { minFileSize, maxFileSize } = limits
  return await withReservation(service, { owner, id, bytes: maxFileSize }, () =>
    withMultipartUpload(service, upload, undefined, async ({ md5Etags, ...created }) => {
      await service.notify.created(upload)
      const bounds = { minFileSize, maxFileSize }
      const kept = { kind: 'open', id, owner, issuedAt: secondsNow(), ...created, ...bounds } as const
      const path = folder + nameAlone(id)
      await record(service, path, { ...beginning, uploads: [{ ticket: kept, name, type, metadata }] }, kept)
      return await service.signTicket({ ...kept, entry: { path, index: 0, count: 1 } })
    }),
  )
}

/** Signs one request, form POST or PUT, for a file. The client does not report its completion: the finisher looks for it. */
export async function signOpenSingle(
  service: Service,
  upload: AllowedUpload,
  { folder, ...beginning }: Beginning,
): Promise<({ method: 'POST' } & SignedForm) | ({ method: 'PUT' } & SignedPut)> {
  const { rules, presigner, notify, quota } = service
  const { id, owner, bucket, key, headers, limits, name, type, sentMetadata: metadata } = upload
  const maxBytes = Math.min(limits.maxFileSize, MAX_PART_SIZE)
  return await withReservation(service, { owner, id, bytes: maxBytes }, async () => {
    await notify.created(upload)
    const begun = { id, bucket, key, owner, issuedAt: secondsNow() }
    const ticket = { kind: 'unseen', ...begun, size: maxBytes } as const
    const path = folder + nameAlone(id)
    await record(service, path, { ...beginning, uploads: [{ ticket, name, type, metadata }] }, begun)
    // It counts with all bytes, but not as unfinished: only the server can finish it.
    await quota.finish(owner, id, maxBytes)
    return rules.singleUpload === 'put'
      ? { method: 'PUT', ...(await presigner.signPut({ bucket, key }, headers)) }
      : {
          method: 'POST',
          ...(await presigner.signForm({ bucket, key }, headers, {
            minBytes: limits.minFileSize,
            maxBytes,
            successStatus: '201',
          })),
        }
  })
}

/** Records an upload that the host was notified of. If that fails, the host is notified of its end. */
async function record(
  { journal, notify }: Service,
  path: string,
  entry: Entry,
  upload: EndedUpload,
): Promise<void> {
  try {
    await journal.write(path, entry)
  } catch (error) {
    await notify.aborted(upload, 'withdrawn')
    throw error
  }
}
