// Whether a file may be uploaded, and as what: the host's word, then the limits, then the key.
import type { Context } from 'koa'
import type { UploadFile } from '../options.js'
import type { ResolvedOptions } from '../resolve-options.js'
import type { Session } from '../tickets/session.js'
import { applyDecision } from './decision.js'
import { checkFile, keepMetadata, type ResolvedFileLimits } from './limits.js'
import { describeObject, type ObjectHeaders } from './object-headers.js'
import { defaultKey, findKeyFault, isKeyOfAnother } from './object-key.js'
import { makeUploadId, nonceGroup } from './upload-id.js'

/** An upload that the host allowed. */
export interface AllowedUpload {
  id: string
  owner: string
  bucket: string
  key: string
  name: string
  size: number | undefined
  /** As allowed, not yet encoded. */
  metadata: Record<string, string>
  headers: ObjectHeaders
  limits: ResolvedFileLimits
}

export interface FileToAllow extends Omit<UploadFile, 'id'> {
  /** The page's, of one file's upload and all requests to create it. */
  nonce?: string
  /** Of what is created by the same call. */
  group?: string
}

/**
 * @throws PartwayError `refused`, or what the limits refuse
 * @throws TypeError when one of the host's functions returns what it must not
 */
export async function allowUpload(
  ctx: Context,
  options: ResolvedOptions,
  { owner, keyPrefix }: Pick<Session, 'owner' | 'keyPrefix'>,
  { nonce, group, ...described }: FileToAllow,
): Promise<AllowedUpload> {
  const file: UploadFile = {
    id: makeUploadId(described.size, nonce === undefined ? group : nonceGroup(nonce)),
    ...described,
  }
  const decision = options.authorize ? await options.authorize(ctx, file, owner) : true
  const { bucket, key, limits, object, ...overrides } = applyDecision(decision, options)
  checkFile(file, limits, options.verifyContent)
  const metadata = keepMetadata(overrides.metadata ?? file.metadata, limits)
  return {
    id: file.id,
    owner,
    bucket: chooseBucket(options, bucket),
    key:
      key === undefined
        ? await makeKey(ctx, options, owner, file, keyPrefix)
        : checkOwnKey(options, keyPrefix, key),
    name: file.name,
    size: file.size,
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
  ctx: Context,
  { key }: ResolvedOptions,
  owner: string,
  file: UploadFile,
  keyPrefix: string,
): Promise<string> {
  return key ? checkKey(await key(ctx, file, owner), 'option key') : defaultKey(keyPrefix, file.id, file.name)
}

function checkOwnKey({ unfinished, keyPrefix }: ResolvedOptions, ownPrefix: string, key: string): string {
  checkKey(key, 'authorize')
  if (!unfinished || !isKeyOfAnother(keyPrefix, ownPrefix, key)) return key
  throw new TypeError(
    "partway(): the key that authorize returned has the form of another owner's or mount's default keys, and with " +
      'option unfinished the upload would be listed there',
  )
}

function checkKey(key: string, source: string): string {
  const fault = findKeyFault(key)
  if (fault) throw new TypeError(`partway(): the key that ${source} returned ${fault}`)
  return key
}
