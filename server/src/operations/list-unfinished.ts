// An owner's unfinished uploads, begun in any browser: read off S3 alone, because the server keeps no list of them.
import pMap from 'p-map'
import type { UnfinishedUpload } from '../protocol.js'
import { type DefaultKey, ownerPrefix, readDefaultKey } from '../rules/object-key.js'
import { countParts, planParts } from '../rules/plan-parts.js'
import { recoverPlan } from '../rules/recover-plan.js'
import type { ListedUpload } from '../s3/list-uploads.js'
import type { Service } from '../service.js'
import { secondsNow } from '../tickets/ticket.js'

/** In one reply: as many as one `/abort` takes. */
const MOST_UPLOADS = 100
/** Calls to S3 at once, well under the 50 connections that the SDK opens. */
const CONCURRENCY = 16

/** Where the uploads of an owner are. */
export interface UploadPlaces {
  buckets: readonly string[]
  keyPrefix: string
}

type BegunUpload = ListedUpload & DefaultKey & { bucket: string; owner: string }

/** The 100 that were begun last, the latest first, each with a ticket as `/create` gave it. */
export async function listUnfinished(
  service: Service,
  owner: string,
  { buckets, keyPrefix }: UploadPlaces,
): Promise<UnfinishedUpload[]> {
  const { s3, signal, rules } = service
  const prefix = ownerPrefix(keyPrefix, owner)
  const findBegun = async (bucket: string): Promise<BegunUpload[]> =>
    (await s3.listUploads(bucket, prefix, signal)).flatMap((upload) => {
      const name = readDefaultKey(prefix, upload.key)
      return name ? [{ ...upload, ...name, bucket, owner }] : []
    })
  const begun = (await pMap(new Set(buckets), findBegun, { concurrency: CONCURRENCY })).flat()
  const latest = begun
    .filter(({ initiatedAt }) => initiatedAt + rules.ticketExpiresInSeconds > secondsNow())
    .sort((a, b) => b.initiatedAt - a.initiatedAt)
    .slice(0, MOST_UPLOADS)
  const described = await pMap(latest, (upload) => describe(service, upload), { concurrency: CONCURRENCY })
  return described.filter((upload) => upload !== undefined)
}

/** `undefined`: it has ended meanwhile, or nobody can say how its file was cut. */
async function describe(
  { s3, signal, rules, signTicket }: Service,
  { bucket, key, uploadId, id, owner, name, size, initiatedAt: issuedAt, ...begun }: BegunUpload,
): Promise<UnfinishedUpload | undefined> {
  const stored = await s3.listParts({ bucket, key, uploadId }, signal)
  if (!stored) return undefined
  const plan = stored.length === 0 ? planParts(size, rules.partSize) : recoverPlan(size, stored)
  if (!plan) return undefined
  const checksum = begun.checksum ?? (rules.checksum === 'md5' ? rules.checksum : undefined)
  const kinds = { kind: 'multipart', ...(checksum && { checksum }) } as const
  const address = { bucket, key, uploadId }
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
