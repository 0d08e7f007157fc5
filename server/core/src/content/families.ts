// Which names a format goes by, and which formats go by one name.
import { supportedMimeTypes } from 'file-type'
import { ARCHIVE_FAMILIES } from './archives.js'
import { AUDIO_VIDEO_FAMILIES } from './audio-video.js'
import { DOCUMENT_FAMILIES } from './documents.js'
import { IMAGE_FAMILIES } from './images.js'
import { isTextType } from './text.js'

export interface ContentFamily {
  /** The types, by file-type's names among others, that content of this family may be found to be. */
  holds: ReadonlySet<string>
  /**
   * What fits although no signature is found, because not all files of the family have one, or not in their head:
   * `'any'` content, or `'binary'`, which text and an empty file are not.
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

// What the tables leave of file-type's types stands for itself.
for (const type of [...supportedMimeTypes].map(essence)) {
  if (!FAMILIES.has(type) && !isTextType(type)) FAMILIES.set(type, { holds: new Set([type]) })
}

/** Suffixes that promise a signature. Source: IANA, "Structured Syntax Suffixes". */
const SUFFIXES = new Map([
  ['zip', 'application/zip'],
  ['gzip', 'application/gzip'],
  ['sqlite3', 'application/x-sqlite3'],
])

/** `undefined` for text types and for all whose files have no signature that is known here. */
export function findFamily(type: string): ContentFamily | undefined {
  const suffix = type.slice(type.lastIndexOf('+') + 1)
  return FAMILIES.get(type) ?? FAMILIES.get(SUFFIXES.get(suffix) ?? '')
}

/** Whether this very type, and not only its suffix, is one that the check knows: any name can end with `+zip`. */
export function isKnownType(type: string): boolean {
  return isTextType(type) || FAMILIES.has(type)
}

/** The type without its parameters, in lower case: `text/plain` of `Text/Plain; charset=utf-8`. */
export function essence(contentType: string): string {
  const [type = ''] = contentType.split(';')
  return type.trim().toLowerCase()
}
