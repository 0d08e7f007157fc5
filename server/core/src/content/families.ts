// The names of each format, and the formats that share a name.
import { supportedMimeTypes } from 'file-type'
import { ARCHIVE_FAMILIES } from './archives.js'
import { AUDIO_VIDEO_FAMILIES } from './audio-video.js'
import { DOCUMENT_FAMILIES } from './documents.js'
import { IMAGE_FAMILIES } from './images.js'
import { isTextType } from './text.js'

export interface ContentFamily {
  /** Types that content of this family may be detected as, file-type's names among them. */
  holds: ReadonlySet<string>
  /**
   * Content that fits without a signature, because not all files of the family have one, or not in their head:
   * `'any'`, or `'binary'`, which excludes text and empty files.
   * @default undefined nothing
   */
  unsigned?: 'binary' | 'any' | undefined
}

/** All tables. No type is in two rows. */
export const FAMILY_ROWS = [
  ...IMAGE_FAMILIES,
  ...AUDIO_VIDEO_FAMILIES,
  ...DOCUMENT_FAMILIES,
  ...ARCHIVE_FAMILIES,
]

const FAMILIES = new Map<string, ContentFamily>()
for (const { types, alsoHolds = '', unsigned } of FAMILY_ROWS) {
  const family = { holds: new Set(`${types} ${alsoHolds}`.split(/\s+/)), unsigned }
  for (const type of types.split(/\s+/)) FAMILIES.set(type, family)
}

// Each of file-type's types that no table lists is its own family.
for (const type of [...supportedMimeTypes].map(essence)) {
  if (!FAMILIES.has(type) && !isTextType(type)) FAMILIES.set(type, { holds: new Set([type]) })
}

/** Suffixes that promise a signature. Source: IANA, "Structured Syntax Suffixes". */
const SUFFIXES = new Map([
  ['zip', 'application/zip'],
  ['gzip', 'application/gzip'],
  ['sqlite3', 'application/x-sqlite3'],
])

/** `undefined` for text types and for types without a known signature. */
export function findFamily(type: string): ContentFamily | undefined {
  const suffix = type.slice(type.lastIndexOf('+') + 1)
  return FAMILIES.get(type) ?? FAMILIES.get(SUFFIXES.get(suffix) ?? '')
}

/** Whether the check knows this exact type, not only its suffix: any name can end with `+zip`. */
export function isKnownType(type: string): boolean {
  return isTextType(type) || FAMILIES.has(type)
}

/** The type without its parameters, in lower case: `text/plain` of `Text/Plain; charset=utf-8`. */
export function essence(contentType: string): string {
  const [type = ''] = contentType.split(';')
  return type.trim().toLowerCase()
}
