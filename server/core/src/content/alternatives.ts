// Other types that a head may be of, besides the one that file-type finds: it looks at the first bytes first.
import { latin1 } from './text.js'

/** The brands of HEIF (ISO 23008-12) and AVIF. file-type knows some of them, and only as the first. */
const IMAGE_BRANDS = new Set(
  'mif1 mif2 msf1 miaf heic heix heim heis hevc hevx hevm hevs avif avis'.split(' '),
)

/** Acrobat finds the header of a PDF anywhere in these bytes. Source: PDF Reference 1.7, Appendix H, note 13. */
const PDF_HEADER_BYTES = 1024

/** Types by file-type's names. They can confirm the declared type, never contradict it. */
export function findAlternatives(head: Uint8Array): string[] {
  const text = latin1(head)
  const found: string[] = []
  // The name of the first file comes before this, and may be "GIF.zip".
  if (text.startsWith('ustar', 257)) found.push('application/x-tar')
  // The bytes before this may be anything, and are a TIFF header in files that are both.
  if (text.startsWith('DICM', 128)) found.push('application/dicom')
  if (text.slice(0, PDF_HEADER_BYTES).includes('%PDF-')) found.push('application/pdf')
  if (readBrands(text).some((brand) => IMAGE_BRANDS.has(brand))) found.push('image/heif')
  if (isCutInTag(head, text))
    found.push('audio/mpeg', 'audio/aac', 'audio/flac', 'audio/ape', 'audio/x-musepack')
  return found
}

/** The major and the compatible brands of an ISO 14496-12 file, which starts with the size of its `ftyp` box. */
function readBrands(text: string): string[] {
  if (!text.startsWith('ftyp', 4)) return []
  const boxBytes = Buffer.from(text.slice(0, 4), 'latin1').readUInt32BE()
  return text.slice(8, boxBytes).match(/.{4}/gs) ?? []
}

/** Whether the head ends within an ID3v2 tag, which pictures can make large, so that it holds no audio. */
function isCutInTag(head: Uint8Array, text: string): boolean {
  if (!text.startsWith('ID3') || head.length < 10) return false
  // Seven bits of each byte count. Source: ID3v2.4.0, section 6.2.
  const tagBytes = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0)
  return 10 + tagBytes >= head.length
}
