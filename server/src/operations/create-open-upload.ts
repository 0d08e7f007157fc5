// Starts an upload for a Companion client, which does not tell the file's size.
import type { AllowedUpload } from '../rules/authorize.js'
import { MAX_PART_SIZE } from '../rules/plan-parts.js'
import type { SignedForm, SignedPut } from '../s3/presign.js'
import type { Service } from '../service.js'
import { secondsNow } from '../tickets/ticket.js'
import { withReservation } from './reserve.js'
import { withMultipartUpload } from './start-multipart.js'

/** @throws PartwayError what the quota refuses, or what S3 failed with */
export async function createOpenUpload(service: Service, upload: AllowedUpload): Promise<string> {
  const { id, owner, limits } = upload
  const { minFileSize, maxFileSize } = limits
  return await withReservation(service, { owner, id, bytes: maxFileSize }, () =>
    withMultipartUpload(service, upload, undefined, async ({ bucket, key, uploadId }) => {
      const common = { id, owner, issuedAt: secondsNow(), minFileSize, maxFileSize }
      return await service.signTicket({ bucket, key, uploadId, ...common, kind: 'open' })
    }),
  )
}

/** One request, form POST or PUT, of a file whose completion nobody reports. @throws PartwayError as above */
export async function signOpenSingle(
  service: Service,
  upload: AllowedUpload,
): Promise<({ method: 'POST' } & SignedForm) | ({ method: 'PUT' } & SignedPut)> {
  const { rules, presigner, notify, quota } = service
  const { id, owner, bucket, key, headers, limits } = upload
  const maxBytes = Math.min(limits.maxFileSize, MAX_PART_SIZE)
  return await withReservation(service, { owner, id, bytes: maxBytes }, async () => {
    const signed =
      rules.singleUpload === 'put'
        ? { method: 'PUT' as const, ...(await presigner.signPut({ bucket, key }, headers)) }
        : {
            method: 'POST' as const,
            ...(await presigner.signForm({ bucket, key }, headers, {
              minBytes: limits.minFileSize,
              maxBytes,
              successStatus: '201',
            })),
          }
    await notify.created(upload)
    // It counts in full, but not as unfinished: no call will finish it.
    await quota.finish(owner, id, maxBytes)
    return signed
  })
}
