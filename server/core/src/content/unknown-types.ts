// What a content type of unknown format may hold, such as `application/vnd.acme.plan`.
import { ZIP_DOCUMENTS } from './documents.js'
import { WEAK_SIGNATURES } from './magic-bytes.js'

/** Formats that vendors build their own on. */
const CONTAINERS = new Set(
  `${ZIP_DOCUMENTS} application/zip application/java-archive application/x-cfb application/x-sqlite3
   application/xml application/rtf application/postscript application/eps application/pgp-encrypted
   application/gzip application/x-bzip2 application/x-xz application/zstd application/x-lz4 application/x-lzip
   application/x-compress application/x-tar application/x-cpio application/x-arj application/x-7z-compressed
   application/x-rar-compressed application/x-lzh-compressed application/vnd.ms-cab-compressed
   application/x-unix-archive application/avro application/vnd.apache.parquet application/vnd.apache.arrow.file
   application/x-ms-regedit text/calendar text/vcard text/vtt image/tiff`.split(/\s+/),
)

/** Audio and video share their containers. */
const AUDIO_OR_VIDEO = /^(?:audio|video)\/|^application\/(?:ogg|mxf|vnd\.ms-asf|vnd\.rn-realmedia)$/

/** Refuses above all programs, and documents and media of another kind than the type says. */
export function mayBeInUnknown(type: string, detected: string): boolean {
  return WEAK_SIGNATURES.has(detected) || CONTAINERS.has(detected) || isSameKind(type, detected)
}

function isSameKind(type: string, detected: string): boolean {
  if (AUDIO_OR_VIDEO.test(type)) return AUDIO_OR_VIDEO.test(detected)
  const [kind = ''] = type.split('/')
  return ['image', 'font', 'model'].includes(kind) && detected.startsWith(`${kind}/`)
}
