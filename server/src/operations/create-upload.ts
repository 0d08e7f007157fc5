// Starts the upload of one file of known size: a grant for one request, or for parts.

import type { FormGrant, MultipartGrant, PutGrant } from '../protocol.js'
import type { AllowedUpload } from '../rules/authorize.js'
import { countParts, planParts } from '../rules/plan-parts.js'
import type { Service, UploadRules } from '../service.js'
import { type SingleTicket, secondsNow } from '../tickets/ticket.js'
import { withReservation } from './reserve.js'
import { signWindow } from './sign-window.js'
import { withMultipartUpload } from './start-multipart.js'

export type SizedUpload = AllowedUpload & { size: number; md5?: string | undefined }

/** @throws PartwayError what the quota refuses, or what S3 failed with; then S3 holds nothing of it */
export async function createUpload(
  service: Service,
  upload: SizedUpload,
): Promise<FormGrant | PutGrant | MultipartGrant> {
  const { id, owner, size } = upload
  return await withReservation(service, { owner, id, bytes: size }, async () =>
    goesInParts(size, service.rules) ? await grantParts(service, upload) : await grantSingle(service, upload),
  )
}

export function goesInParts(size: number, { multipartThreshold }: UploadRules): boolean {
  return size > 0 && size > multipartThreshold
}

async function grantSingle(service: Service, upload: SizedUpload): Promise<FormGrant | PutGrant> {
  const { rules, presigner, signTicket, notify } = service
  const { id, owner, bucket, key, size, md5, headers } = upload
  const object = { bucket, key }
  const content = { size, ...(md5 !== undefined && { md5 }) }
  const ticket: SingleTicket = { ...object, ...content, kind: 'single', id, owner, issuedAt: secondsNow() }
  const granted = { ticket: await signTicket(ticket), key }
  const signed: FormGrant | PutGrant =
    rules.singleUpload === 'put'
      ? { kind: 'put', ...granted, ...(await presigner.signPut(object, headers, content)) }
      : {
          kind: 'form',
          ...granted,
          ...(await presigner.signForm(object, headers, { minBytes: size, maxBytes: size, md5 })),
        }
  await notify.created(upload)
  return signed
}

async function grantParts(service: Service, upload: SizedUpload): Promise<MultipartGrant> {
  const { rules, signTicket } = service
  const { id, owner, key, size } = upload
  const plan = planParts(size, rules)
  const checksum = rules.checksum === 'none' ? undefined : rules.checksum
  return await withMultipartUpload(service, upload, checksum, async (created) => {
    const kinds = { kind: 'multipart', ...(checksum && { checksum }) } as const
    const ticket = { ...created, ...plan, ...kinds, id, owner, issuedAt: secondsNow() }
    return {
      ...kinds,
      ticket: await signTicket(ticket),
      key,
      partSize: plan.partSize,
      partCount: countParts(plan),
      ticketExpiresIn: rules.ticketExpiresInSeconds,
      parts: await signWindow(service, ticket, []),
    }
  })
}
