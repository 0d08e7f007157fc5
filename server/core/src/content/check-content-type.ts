// Whether the content of an object can be what its content type says, judged by its first bytes.
import { fileTypeFromBuffer } from 'file-type'
import { findAlternatives } from './alternatives.js'
import { type ContentFamily, essence, findFamily } from './families.js'
import { findSignature, WEAK_SIGNATURES } from './magic-bytes.js'
import { looksLikeSvg } from './svg.js'
import { isMediaType, isTextFormat, isTextType, looksLikeText } from './text.js'
import { mayBeInUnknown } from './unknown-types.js'

/** The bytes that `checkContentType` decides by. Fewer suffice only when the object has no more. */
export const HEAD_BYTES = 4100

export interface ContentMismatch {
  /** What the content is instead: a MIME type in lower case, or `undefined` when it has no known signature. */
  detected: string | undefined
}

// Types that browsers, S3 and download tools send when they know none.
const DECLARES_NOTHING = new Set([
  '',
  'application/octet-stream',
  'binary/octet-stream',
  'application/x-download',
  'application/force-download',
])

/**
 * `undefined` when the content fits. This finds disguises and does not validate: what the head cannot decide
 * fits, and so does a file that is two formats at once.
 *
 * - A type whose files start with a signature must have it, or one that goes by the same name in practice. An
 *   empty file has none.
 * - A text type may hold anything but a recognised binary format. SVG must look like SVG.
 * - Text is no image, audio, video or font, unless the type or the signature is that of a text format.
 * - Otherwise, a type that is not known here may hold text, a container such as ZIP, CFB or gzip, media of its own
 *   kind, and content without a clear signature, but no program and no other well-known document or medium.
 *
 * @param head the first `HEAD_BYTES` bytes of the object
 * @param declared the content type, with or without parameters, in any case
 */
export async function checkContentType(
  head: Uint8Array,
  declared: string,
): Promise<ContentMismatch | undefined> {
  const type = essence(declared)
  if (DECLARES_NOTHING.has(type)) return undefined
  const found = await findTypes(head)
  return fits(type, found, head) ? undefined : { detected: found.detected }
}

interface Found {
  /** The best answer. */
  detected: string | undefined
  /** `detected`, and all other types that the head allows. */
  possible: string[]
}

async function findTypes(head: Uint8Array): Promise<Found> {
  // The parsers expect whole files, so they may fail in any way on a truncated one.
  const result = await fileTypeFromBuffer(head).catch(() => undefined)
  const detected = result ? essence(result.mime) : findSignature(head)
  return { detected, possible: [detected ?? [], findAlternatives(head)].flat() }
}

function fits(type: string, { detected, possible }: Found, head: Uint8Array): boolean {
  if (type === 'image/svg+xml') return looksLikeSvg(head)
  const family = findFamily(type)
  const signed = possible.filter((each) => family?.holds.has(each))
  const isText = looksLikeText(head)
  if (isText && isMediaType(type) && !isTextType(type)) return signed.some(isTextFormat)
  if (family) return signed.length > 0 || fitsUnsigned(family, detected, isText)
  if (isText || detected === undefined) return true
  return isTextType(type) ? isTextFormat(detected) : mayBeInUnknown(type, detected)
}

function fitsUnsigned(family: ContentFamily, detected: string | undefined, isText: boolean): boolean {
  if (family.unsigned === undefined) return false
  if (isText) return family.unsigned === 'any'
  return detected === undefined || WEAK_SIGNATURES.has(detected)
}
