// The signatures that file-type does not know, cannot tell from the head of a file, or overrates.
import { latin1 } from './text.js'

/** Type, offset in bytes, and the bytes as Latin-1: for heads in which file-type recognises nothing. */
const SIGNATURES: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  // file-type decides these by bytes that may lie beyond the head, or gives up on what follows.
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/jp2', 0, '\0\0\0\x0CjP  \r\n\x87\n'],
  ['video/matroska', 0, '\x1A\x45\xDF\xA3'],
  ['application/vnd.ms-asf', 0, '0&\xB2\x75\x8E\x66\xCF\x11'],
  // file-type inflates entries. Which inflate errors it expects depends on the version of Node.
  ['application/zip', 0, 'PK\x03\x04'],
  // Players skip what they do not know between a tag and the first frame.
  ['audio/mpeg', 0, 'ID3'],
  // Variants that file-type does not know.
  ['image/x-olympus-orf', 0, 'IIRO'],
  ['image/x-olympus-orf', 0, 'IIRS'],
  ['image/x-olympus-orf', 0, 'MMOR'],
  ['image/x-panasonic-rw2', 0, 'IIU\0'],
  ['image/vnd.dwg', 0, 'AC1.'],
  ['image/vnd.dwg', 0, 'AC2.'],
  // RIFX, RF64 and BW64 besides RIFF, and Sony's Wave64
  ['audio/wav', 8, 'WAVE'],
  ['audio/wav', 0, 'riff\x2E\x91\xCF\x11'],
  ['audio/midi', 8, 'RMID'],
  ['video/mp4', 4, 'styp'],
  ['video/mp4', 4, 'moof'],
  ['video/mp4', 4, 'sidx'],
  ['video/quicktime', 4, 'skip'],
  ['video/quicktime', 4, 'pnot'],
  ['font/ttf', 0, 'true\0'],
  ['font/woff', 0, 'wOFF'],
  ['font/woff2', 0, 'wOF2'],
  ['model/gltf-binary', 0, 'glTF'],
  ['application/x-shockwave-flash', 0, 'ZWS'],
  ['application/zstd', 0, 'P*M\x18'],
  ['application/x-lz4', 0, '\x02!L\x18'],
]

/** The type by file-type's name, or `undefined`. */
export function findSignature(head: Uint8Array): string | undefined {
  const text = latin1(head)
  return SIGNATURES.find(([, offset, bytes]) => text.startsWith(bytes, offset))?.[0]
}

/**
 * Types that file-type finds from two or three bytes, or from any bytes at all: right for a file that is declared as
 * such, and chance in any other.
 */
export const WEAK_SIGNATURES: ReadonlySet<string> = new Set(
  `image/bmp image/jxl image/x-icon font/ttf audio/aiff audio/aac audio/mpeg audio/vnd.dolby.dd-raw video/mp2t
   model/stl application/x-apple-diskimage`.split(/\s+/),
)
