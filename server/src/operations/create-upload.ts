// Starts the upload of one file of known size: a grant for one request, or for parts.
import { describeObject, type FileDescription, type ObjectHeaders } from '../object-headers.js'
import { countParts, partLength, planParts } from '../plan-parts.js'
import type { FormGrant, MultipartGrant, PutGrant } from '../protocol.js'
import type { ObjectAddress } from '../s3.js'
import type { Service } from '../service.js'
import { type SingleTicket, secondsNow } from '../ticket.js'
import { withMultipartUpload } from './start-multipart.js'

/** Parts signed along with the grant: two for each of the six connections that a browser opens per host. */
const FIRST_WINDOW = 12

export interface NewUpload {
  /** UUID. */
  id: string
  owner: string
  key: string
  file: FileDescription & { size: number }
}

/** @throws PartwayError `invalid_request`, `metadata_too_large`, or what S3 failed with; then S3 holds nothing of it */
export async function createUpload(
  service: Service,
  upload: NewUpload,
): Promise<FormGrant | PutGrant | MultipartGrant> {
  const headers = describeObject(upload.id, upload.file)
  const { size } = upload.file
  const inParts = size > 0 && size > service.rules.multipartThreshold
  return inParts ? await grantParts(service, upload, headers) : await grantSingle(service, upload, headers)
}

async function grantSingle(
  { rules, presigner, signTicket }: Service,
  { id, owner, key, file: { size } }: NewUpload,
  headers: ObjectHeaders,
): Promise<FormGrant | PutGrant> {
  const object: ObjectAddress = { bucket: rules.bucket, key }
  const ticket: SingleTicket = {
    ...object,
    kind: 'single',
    id,
    owner,
    type: headers.contentType,
    size,
    issuedAt: secondsNow(),
  }
  const granted = { ticket: await signTicket(ticket), key }
  if (rules.singleUpload === 'put') {
    return { kind: 'put', ...granted, ...(await presigner.signPut(object, headers, size)) }
  }
  const form = await presigner.signForm(object, headers, { minBytes: size, maxBytes: size })
  return { kind: 'form', ...granted, ...form }
}

async function grantParts(
  service: Service,
  { id, owner, key, file: { size } }: NewUpload,
  headers: ObjectHeaders,
): Promise<MultipartGrant> {
  const { rules, presigner, signTicket } = service
  const plan = planParts(size, rules.partSize)
  const partCount = countParts(plan)
  return await withMultipartUpload(service, { bucket: rules.bucket, key }, headers, async (address) => {
    const window = Array.from({ length: Math.min(FIRST_WINDOW, partCount) }, (_, index) => ({
      partNumber: index + 1,
      contentLength: partLength(plan, index + 1),
    }))
    const common = { id, owner, type: headers.contentType, issuedAt: secondsNow() }
    return {
      kind: 'multipart',
      ticket: await signTicket({ ...address, ...plan, ...common, kind: 'multipart' }),
      key,
      partSize: plan.partSize,
      partCount,
      parts: await presigner.signParts(address, window),
    }
  })
}
