// A ticket for an upload that was found on S3, as `/create` gave it, and how far the upload is.
import type { UnfinishedUpload } from '../protocol.js'
import { countParts, planParts } from '../rules/plan-parts.js'
import { recoverPlan } from '../rules/recover-plan.js'
import type { Service } from '../service.js'
import { secondsNow } from '../tickets/ticket.js'
import type { BegunUpload } from './find-begun.js'

/**
 * @returns `undefined`: it has ended meanwhile, or nobody can say how its file was cut
 * @throws PartwayError what S3 failed with
 */
export async function describeBegun(
  { s3, signal, rules, signTicket }: Service,
  { bucket, key, uploadId, id, owner, name, size, initiatedAt, ...begun }: BegunUpload,
): Promise<UnfinishedUpload | undefined> {
  const stored = await s3.listParts({ bucket, key, uploadId }, signal)
  if (!stored) return undefined
  const plan = stored.length === 0 ? planParts(size, rules) : recoverPlan(size, stored)
  if (!plan) return undefined
  const checksum = begun.checksum ?? (rules.checksum === 'md5' ? rules.checksum : undefined)
  const kinds = { kind: 'multipart', ...(checksum && { checksum }) } as const
  const address = { bucket, key, uploadId }
  const issuedAt = Math.floor(initiatedAt)
  // If its ETags are none after all, what S3 has will be sent again.
  const ticket = { ...kinds, ...address, ...plan, id, owner, issuedAt, md5Etags: true }
  return {
    ticket: await signTicket(ticket),
    key,
    name,
    size,
    partSize: plan.partSize,
    partCount: countParts(plan),
    ...(checksum && { checksum }),
    bytesUploaded: stored.reduce((sum, part) => sum + part.size, 0),
    createdAt: issuedAt,
    ticketExpiresIn: issuedAt + rules.ticketExpiresInSeconds - secondsNow(),
  }
}
