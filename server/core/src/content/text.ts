// Which content types are text, and which content is.

/** Text under other top-level types than `text` and `message`, without a suffix for text. */
const TEXT_TYPES = new Set(
  `application/json application/json5 application/jsonl application/x-ndjson application/xml application/xml-dtd
   application/yaml application/x-yaml application/toml application/csv application/x-csv application/sql
   application/x-sql application/graphql application/javascript application/x-javascript application/ecmascript
   application/typescript application/x-sh application/x-csh application/x-shellscript application/x-perl
   application/x-python application/x-ruby application/x-php application/x-httpd-php application/x-bat
   application/x-tex application/x-latex application/rtf application/x-rtf application/x-ms-regedit
   application/x-subrip application/mbox application/x-pem-file application/pem-certificate-chain
   application/vnd.apple.mpegurl application/x-mpegurl audio/mpegurl audio/x-mpegurl audio/x-scpls image/svg+xml
   model/obj model/mtl`.split(/\s+/),
)

/** Types that file-type recognises although they are text, or start with text. */
const TEXT_FORMATS = new Set(
  `application/xml application/rtf application/postscript application/eps application/pgp-encrypted
   application/x-ms-regedit text/calendar text/vcard text/vtt`.split(/\s+/),
)

/** Whether content of this type should be text. The suffixes are those of RFC 6839 and its successors. */
export function isTextType(type: string): boolean {
  if (TEXT_TYPES.has(type)) return true
  return !isMediaType(type) && /^(?:text|message)\/|\+(?:xml|json|json-seq|yaml|csv|jwt)$/.test(type)
}

/** Types of which only those in `TEXT_TYPES` are text, whatever their suffix. */
export function isMediaType(type: string): boolean {
  return /^(?:image|audio|video|font)\//.test(type)
}

export function isTextFormat(detected: string): boolean {
  return TEXT_FORMATS.has(detected)
}

/**
 * Whether all of the head can be text, in UTF-8, UTF-16 with a byte order mark, or a legacy encoding. Such
 * content is what it looks like, since the headers of programs have zero bytes. Many of file-type's signatures are
 * letters, so it takes text about "BMW" for an image, "Get free ..." for a video and UTF-16 for MP3.
 *
 * @see https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type
 */
export function looksLikeText(head: Uint8Array): boolean {
  const [first, second] = head
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  // PDF is the one binary format whose first kilobytes may be text.
  return !head.some(isBinaryByte) && !latin1(head.subarray(0, 5)).startsWith('%PDF-')
}

/** https://mimesniff.spec.whatwg.org/#binary-data-byte */
function isBinaryByte(byte: number): boolean {
  return byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f)
}

/** One character per byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
