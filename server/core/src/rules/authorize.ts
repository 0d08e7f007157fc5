// Authorizes a file: the host's decision, then the limits, then the key.
import type { UploadFile } from '../options.js'
import type { ResolvedOptions } from '../resolve-options.js'
import type { Session } from '../tickets/session.js'
import { applyDecision } from './decision.js'
import { checkFile, keepMetadata, type ResolvedFileLimits } from './limits.js'
import { describeObject, type ObjectHeaders } from './object-headers.js'
import { defaultKey, findKeyFault } from './object-key.js'
import { makeUploadId, randomGroup } from './upload-id.js'

/** An upload that the host allowed. */
export interface AllowedUpload {
  id: string
  owner: string
  bucket: string
  key: string
  name: string
  /** As the page sent it. */
  type: string
  size: number | undefined
  /** As the page sent it. */
  sentMetadata: Record<string, string>
  /** As allowed, not yet encoded. */
  metadata: Record<string, string>
  headers: ObjectHeaders
  limits: ResolvedFileLimits
}

/** S3 keeps 2 KB with an object. */
const MAX_SENT_LENGTH = 4096

export type SizedUpload = AllowedUpload & { size: number; md5?: string | undefined }

export interface FileToAllow extends Omit<UploadFile, 'id'> {
  /** Shared by all files of one call. @default a new one */
  group?: string
}

/**
 * Everything that the server decided for a request, except the upload's id. The same page request for another project, say,
 * is another upload.
 */
export function describeDecision({ id, bucket, key, size, headers }: SizedUpload): string {
  return JSON.stringify([bucket, key, size, headers]).replaceAll(id, '')
}

/**
 * @throws PartwayError `refused`, or when the limits refuse the file
 * @throws TypeError when one of the host's functions returns an invalid value
 */
export async function allowUpload(
  ctx: unknown,
  options: ResolvedOptions,
  { owner, keyPrefix }: Pick<Session, 'owner' | 'keyPrefix'>,
  { group = randomGroup(), ...described }: FileToAllow,
): Promise<AllowedUpload> {
  const file: UploadFile = { id: makeUploadId(group), ...described }
  const decision = options.authorize ? await options.authorize(ctx, file, owner) : true
  const { bucket, key, limits, object, ...overrides } = applyDecision(decision, options)
  checkFile(file, limits, options.verifyContent)
  const metadata = keepMetadata(overrides.metadata ?? file.metadata, limits)
  const allowed = {
    bucket: chooseBucket(options, bucket),
    key:
      key === undefined
        ? await makeKey(ctx, options, owner, file, keyPrefix)
        : checkKey(key, 'that authorize returned'),
  }
  checkNotJournal(options, allowed)
  return {
    ...allowed,
    id: file.id,
    owner,
    name: file.name,
    type: file.type,
    size: file.size,
    sentMetadata: keepSent(file.metadata),
    metadata,
    headers: describeObject({ ...file, metadata }, object, limits.maxMetadataBytes),
    limits,
  }
}

function chooseBucket({ buckets }: ResolvedOptions, chosen: string | undefined): string {
  if (chosen === undefined) return buckets[0]
  if (buckets.includes(chosen)) return chosen
  throw new TypeError(`partway(): authorize returned bucket ${chosen}, which option bucket does not list`)
}

async function makeKey(
  ctx: unknown,
  { key }: ResolvedOptions,
  owner: string,
  file: UploadFile,
  keyPrefix: string,
): Promise<string> {
  if (!key) return defaultKey(keyPrefix, file.id, file.name)
  return checkKey(await key(ctx, file, owner), 'that option key returned')
}

function checkKey(key: string, source: string): string {
  const fault = findKeyFault(key)
  if (fault) throw new TypeError(`partway(): the key ${source} ${fault}`)
  return key
}

function checkNotJournal(
  { journal }: ResolvedOptions,
  { bucket, key }: { bucket: string; key: string },
): void {
  if (bucket !== journal.bucket || !key.startsWith(journal.prefix)) return
  throw new TypeError(
    `partway(): the key ${key} is below ${journal.prefix}, which option journal keeps for itself`,
  )
}

/** Metadata to send back to the page. More than an object can hold was meant for the host only. */
function keepSent(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return JSON.stringify(metadata).length > MAX_SENT_LENGTH ? {} : { ...metadata }
}
