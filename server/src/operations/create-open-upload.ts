// Starts an upload for a Companion client, which does not tell the file's size.
import { describeObject, type FileDescription } from '../object-headers.js'
import { MAX_PART_SIZE } from '../plan-parts.js'
import type { SignedForm, SignedPut } from '../presign.js'
import type { Service } from '../service.js'
import { secondsNow } from '../ticket.js'
import { withMultipartUpload } from './start-multipart.js'

export interface NewOpenUpload {
  /** UUID. */
  id: string
  owner: string
  key: string
  file: FileDescription
}

/** @throws PartwayError `invalid_request`, `metadata_too_large` */
export async function createOpenUpload(
  service: Service,
  { id, owner, key, file }: NewOpenUpload,
): Promise<{ ticket: string; key: string }> {
  const headers = describeObject(id, file)
  const object = { bucket: service.rules.bucket, key }
  return await withMultipartUpload(service, object, headers, async (address) => {
    const common = { id, owner, type: headers.contentType, issuedAt: secondsNow() }
    return { ticket: await service.signTicket({ ...address, ...common, kind: 'open' }), key }
  })
}

/** One request of any size that S3 takes, form POST or PUT. @throws PartwayError as {@link createOpenUpload} */
export async function signOpenSingle(
  { rules, presigner }: Service,
  { id, key, file }: Omit<NewOpenUpload, 'owner'>,
): Promise<({ method: 'POST' } & SignedForm) | ({ method: 'PUT' } & SignedPut)> {
  const object = { bucket: rules.bucket, key }
  const headers = describeObject(id, file)
  if (rules.singleUpload === 'put') {
    return { method: 'PUT', ...(await presigner.signPut(object, headers)) }
  }
  const bounds = { minBytes: 0, maxBytes: MAX_PART_SIZE, successStatus: '201' } as const
  return { method: 'POST', ...(await presigner.signForm(object, headers, bounds)) }
}
