// What files the host allows: size, type, extension, name, metadata. Checked before anything is signed.
import prettyBytes from 'pretty-bytes'
import { z } from 'zod'
import { essence, isKnownType } from '../content/families.js'
import { type ErrorCode, PartwayError } from '../errors.js'
import { MAX_FILES_PER_CALL } from '../protocol.js'
import { MAX_METADATA_BYTES } from './object-headers.js'
import { MAX_OBJECT_SIZE } from './plan-parts.js'

/** Bounds on one file. A file has to fit all of them. */
export interface FileLimits {
  /**
   * Most bytes of a file. If a client does not send the size, the form's bounds apply, or the size is checked on completion and a
   * file that is too large is deleted. @default 10,000 × 5 GiB (S3's bound)
   */
  maxFileSize?: number
  /** Fewest bytes of a file; 0 to 10,000 × 5 GiB. @default 0 */
  minFileSize?: number
  /**
   * MIME types, such as `video/mp4` or `image/*`, that the page may declare. With `verifyContent`, `image/*` allows only
   * images whose content the check knows; list others by name. A file has to fit `extensions` as well.
   * @default all
   */
  types?: readonly string[]
  /** Allowed endings of file names, such as `.mp4`, in any case. @default all */
  extensions?: readonly string[]
  /** Most characters of a file name; 1 to 1,024. @default 1024 */
  maxNameLength?: number
  /** Names of metadata to store, in any case. All other metadata that the page sends is dropped. @default all */
  metadataKeys?: readonly string[]
  /** Most bytes of names and encoded values of an object's metadata; 0 to 2,002. @default 2002 (S3's bound) */
  maxMetadataBytes?: number
}

/** Bounds on every file, and on one call. */
export interface Limits extends FileLimits {
  /** Most files in one `/create`; 1 to 100. @default 100 */
  maxFilesPerRequest?: number
}

export const FileLimitsSchema = z.strictObject({
  maxFileSize: z.int().min(0).max(MAX_OBJECT_SIZE).default(MAX_OBJECT_SIZE),
  minFileSize: z.int().min(0).max(MAX_OBJECT_SIZE).default(0),
  types: z
    .array(z.string().regex(/^[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+)$/, 'must be like video/mp4 or image/*'))
    .optional(),
  extensions: z.array(z.string().regex(/^\.[^/\\]+$/, 'must start with a dot')).optional(),
  maxNameLength: z.int().min(1).max(1024).default(1024),
  metadataKeys: z.array(z.string()).optional(),
  maxMetadataBytes: z.int().min(0).max(MAX_METADATA_BYTES).default(MAX_METADATA_BYTES),
})

export const LimitsSchema = FileLimitsSchema.extend({
  maxFilesPerRequest: z.int().min(1).max(MAX_FILES_PER_CALL).default(MAX_FILES_PER_CALL),
})

export type ResolvedLimits = z.infer<typeof LimitsSchema>
export type ResolvedFileLimits = z.infer<typeof FileLimitsSchema>

interface FileToCheck {
  name: string
  type: string
  /** `undefined` for clients that do not send it; theirs is checked once S3 holds the file. */
  size: number | undefined
}

/** @throws PartwayError `file_too_large`, `file_too_small`, `type_not_allowed`, `extension_not_allowed`, `name_too_long` */
export function checkFile(file: FileToCheck, limits: ResolvedFileLimits, verifyContent: boolean): void {
  if (file.size !== undefined) checkSize(file.size, limits)
  const { types, extensions, maxNameLength } = limits
  if (types) checkType(essence(file.type), types, verifyContent)
  const name = file.name.toLowerCase()
  if (extensions && !extensions.some((extension) => name.endsWith(extension.toLowerCase()))) {
    refuse('extension_not_allowed', 'name', `The file's name must end with ${extensions.join(' or ')}.`)
  }
  if (file.name.length > maxNameLength) {
    const message = `The file's name has ${file.name.length} characters; at most ${maxNameLength} are allowed.`
    refuse('name_too_long', 'name', message)
  }
}

/** @throws PartwayError `file_too_large`, `file_too_small` */
export function checkSize(
  size: number,
  { maxFileSize, minFileSize }: Pick<ResolvedFileLimits, 'maxFileSize' | 'minFileSize'>,
): void {
  const formatBytes = (bytes: number) => prettyBytes(bytes, { binary: true })
  if (size > maxFileSize) {
    const message = `The file has ${formatBytes(size)}; at most ${formatBytes(maxFileSize)} are allowed.`
    refuse('file_too_large', 'size', message)
  }
  if (size < minFileSize) {
    const message = `The file has ${formatBytes(size)}; at least ${formatBytes(minFileSize)} are needed.`
    refuse('file_too_small', 'size', message)
  }
}

/** Keeps the entries that `metadataKeys` lists. */
export function keepMetadata(
  metadata: Readonly<Record<string, string>>,
  { metadataKeys }: ResolvedFileLimits,
): Record<string, string> {
  if (!metadataKeys) return { ...metadata }
  const kept = new Set(metadataKeys.map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => kept.has(name.toLowerCase())))
}

function checkType(type: string, allowed: readonly string[], verifyContent: boolean): void {
  const patterns = allowed.map((pattern) => pattern.toLowerCase())
  if (patterns.includes(type)) return
  const wildcard = patterns.find((each) => each.endsWith('/*') && type.startsWith(each.slice(0, -1)))
  if (wildcard && (!verifyContent || isKnownType(type))) return
  const declared = type === '' ? 'a type that the browser does not know' : `the type ${type}`
  const why = wildcard ? ', whose content cannot be checked' : ''
  refuse('type_not_allowed', 'type', `The file has ${declared}${why}. Allowed: ${allowed.join(', ')}.`)
}

function refuse(code: ErrorCode, field: string, message: string): never {
  throw new PartwayError(code, message, { field })
}
