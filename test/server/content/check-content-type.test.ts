import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { supportedMimeTypes } from 'file-type'
import { describe, expect, test } from 'vitest'
import { checkContentType, HEAD_BYTES } from '../../../server/core/src/content/check-content-type.js'
import { FAMILY_ROWS } from '../../../server/core/src/content/families.js'
import { checkFile, LimitsSchema } from '../../../server/core/src/rules/limits.js'

/** Strings are Latin-1. */
function bytes(...parts: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
}

const noise = Buffer.from(Array.from({ length: 6000 }, (_, i) => (i * i * 31 + (i >> 3) * 17 + 128) & 0xff))

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32BE(value)
  return buffer
}

function box(type: string, ...content: (string | Uint8Array)[]): Buffer {
  const body = bytes(type, ...content)
  return bytes(u32(body.length + 4), body)
}

const ftyp = (major: string, ...compatible: string[]) =>
  bytes(box('ftyp', major, '\0\0\0\0', ...compatible), box('moov', noise))

/** A local file header and the data of its entry. */
function zipEntry(name: string, content: Uint8Array): Buffer {
  const data = deflateRawSync(content)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(data.length, 18)
  header.writeUInt32LE(content.length, 22)
  header.writeUInt16LE(name.length, 26)
  return bytes(header, name, data)
}

const OPENXML = 'application/vnd.openxmlformats-officedocument'
const contentTypes = (main: string) =>
  zipEntry('[Content_Types].xml', bytes(`<Types><Override ContentType="${main}.main+xml"/></Types>`))

function wav(id: string, format = 'WAVE'): Buffer {
  return bytes(id, '\x24\x10\0\0', format, 'fmt \x10\0\0\0\x01\0\x01\0', noise)
}

/** An ID3v2 tag and what follows it. The size is in groups of seven bits. */
function id3(tagBytes: number, ...content: (string | Uint8Array)[]): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (tagBytes >> shift) & 0x7f)
  return bytes('ID3\x04\0\0', Uint8Array.from(size), Buffer.alloc(tagBytes), ...content)
}

function at(offset: number, signature: string, before = ''): Buffer {
  return bytes(before, Buffer.alloc(offset - before.length), signature, noise)
}

function ebml(docType: string): Buffer {
  const content = bytes('\x42\x86\x81\x01\x42\x82', Uint8Array.of(0x80 | docType.length), docType)
  return bytes('\x1A\x45\xDF\xA3', Uint8Array.of(0x80 | content.length), content, '\x18\x53\x80\x67', noise)
}

const ogg = (codec: string) => bytes('OggS', Buffer.alloc(24), codec.padEnd(8, '\0'), noise)

const files = {
  png: bytes(
    '\x89PNG\r\n\x1a\n',
    '\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89',
    '\0\0\x10\0IDAT',
    noise,
  ),
  pngWithProfile: bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', Buffer.alloc(17), '\0\0\x20\0iCCP', noise),
  jpeg: bytes('\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01', noise),
  gif: bytes('GIF89a\x01\0\x01\0\x80\0\0', noise),
  webp: bytes('RIFF\x24\x10\0\0WEBPVP8 ', noise),
  bmp: bytes('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', noise),
  ico: bytes('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0', noise),
  tiff: bytes('II*\0\x00\x00\x40\x00', noise),
  pdf: bytes('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', noise),
  elf: bytes('\x7fELF\x02\x01\x01\0', Buffer.alloc(8), '\x03\0\x3e\0', noise),
  exe: bytes('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff', Buffer.alloc(46), '\x80\0\0\0', noise),
  macho: bytes('\xcf\xfa\xed\xfe\x0c\0\0\x01', noise),
  javaClass: bytes('\xca\xfe\xba\xbe\0\0\0\x41', noise),
  zip: zipEntry('readme.txt', noise),
  docx: bytes(contentTypes(`${OPENXML}.wordprocessingml.document`), zipEntry('word/document.xml', noise)),
  docm: contentTypes('application/vnd.ms-word.document.macroEnabled'),
  xlsx: contentTypes(`${OPENXML}.spreadsheetml.sheet`),
  jar: zipEntry('META-INF/MANIFEST.MF', bytes('Manifest-Version: 1.0')),
  cfb: bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', Buffer.alloc(16), noise),
  gzip: gzipSync(noise),
  sqlite: bytes('SQLite format 3\0\x10\0', noise),
  sevenZip: bytes('7z\xbc\xaf\x27\x1c\0\x04', noise),
  mp4: ftyp('isom', 'isom', 'iso6', 'iso2', 'avc1', 'mp41'),
  quicktime: ftyp('qt  ', 'qt  '),
  heic: ftyp('heic', 'mif1', 'heic'),
  webm: ebml('webm'),
  matroska: ebml('matroska'),
  oggOpus: ogg('OpusHead'),
  wav: wav('RIFF'),
  avi: wav('RIFF', 'AVI '),
  mp3: bytes('\xff\xfb\x90\x64', noise),
  mp3WithSmallTag: id3(100, '\xff\xfb\x90\x64', noise),
  mp3WithLargeTag: id3(200_000, '\xff\xfb\x90\x64', noise),
  flac: bytes('fLaC\0\0\0\x22', noise),
  asf: bytes('\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c', noise),
  woff2: bytes('wOF2\0\x01\0\0', noise),
  ttf: bytes('\0\x01\0\0\0\x12\x01\0', noise),
  tar: at(257, 'ustar\x0000', 'photos/'),
  text: bytes('Dear reader,\r\n\tcaf\xc3\xa9.\n'),
  latin1: bytes('caf\xe9 \x1b[1m'),
  utf8Bom: bytes('\xef\xbb\xbfid;name\n'),
  utf16le: bytes('\xff\xfe', Buffer.from('Größe\n', 'utf16le')),
  utf16be: bytes('\xfe\xff\0H\0i'),
  html: bytes('<!DOCTYPE html><title>x</title>'),
  xml: bytes('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
  svg: bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  svgz: gzipSync(bytes('<svg xmlns="http://www.w3.org/2000/svg">', noise)),
  eps: bytes('%!PS-Adobe-3.0 EPSF-3.0\n'),
  script: bytes('#!/bin/sh\nrm -rf "$HOME"\n'),
  json: bytes('{"a": 1}'),
  rtf: bytes('{\\rtf1\\ansi x}'),
  empty: bytes(),
  noise,
} satisfies Record<string, Buffer>

type FileName = keyof typeof files
const check = (content: Buffer, type: string) => checkContentType(content.subarray(0, HEAD_BYTES), type)

describe('a file fits its own type by any of its names', () => {
  const fitting: [FileName, string][] = [
    ['png', 'image/png IMAGE/PNG image/x-png image/apng'],
    ['pngWithProfile', 'image/png'],
    ['jpeg', 'image/jpeg image/jpg image/pjpeg'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
    ['bmp', 'image/bmp image/x-ms-bmp'],
    ['ico', 'image/x-icon image/vnd.microsoft.icon'],
    ['png', 'image/x-icon'],
    [
      'tiff',
      'image/tiff image/x-adobe-dng image/x-nikon-nef image/x-canon-cr2 image/x-sony-arw image/x-pentax-pef',
    ],
    ['heic', 'image/heic image/heif image/avif image/heic-sequence'],
    ['pdf', 'application/pdf application/x-pdf application/postscript'],
    ['zip', 'application/zip application/x-zip-compressed application/java-archive application/epub+zip'],
    ['zip', `${OPENXML}.wordprocessingml.document application/vnd.ms-word.document.macroEnabled.12`],
    ['zip', 'application/vnd.oasis.opendocument.text application/vnd.oasis.opendocument.formula'],
    ['zip', 'application/vnd.google-earth.kmz model/3mf model/vnd.usdz+zip application/vnd.ms-xpsdocument'],
    ['zip', 'application/vnd.ms-package.3dmanufacturing-3dmodel+xml application/vnd.android.package-archive'],
    ['docx', `${OPENXML}.wordprocessingml.document ${OPENXML}.wordprocessingml.template`],
    ['docx', 'application/zip application/msword application/wps-office.docx'],
    ['docm', 'application/vnd.ms-word.document.macroEnabled.12'],
    ['xlsx', `${OPENXML}.spreadsheetml.sheet application/vnd.ms-excel`],
    ['jar', 'application/java-archive application/vnd.android.package-archive application/zip'],
    // Office encrypts into a CFB.
    ['cfb', `application/msword application/vnd.ms-excel ${OPENXML}.wordprocessingml.document`],
    ['cfb', 'application/x-msi application/vnd.ms-outlook application/vnd.visio application/vnd.ms-project'],
    ['gzip', 'application/gzip application/x-gzip application/x-compressed application/x-tar'],
    ['svgz', 'image/svg+xml application/gzip'],
    ['eps', 'image/x-eps application/postscript'],
    ['sevenZip', 'application/x-7z-compressed application/x-compressed'],
    ['sqlite', 'application/vnd.sqlite3 application/geopackage+sqlite3'],
    ['mp4', 'video/mp4 video/quicktime audio/mp4 video/x-m4v audio/x-m4a video/3gpp audio/aac'],
    ['mp4', 'video/mp4;codecs=vp9,opus audio/mp4;codecs=opus'],
    ['quicktime', 'video/quicktime video/mp4'],
    ['webm', 'video/webm audio/webm video/webm;codecs="vp8,opus" video/x-matroska'],
    ['matroska', 'video/x-matroska video/matroska audio/x-matroska video/webm video/x-matroska;codecs=avc1'],
    ['oggOpus', 'audio/ogg video/ogg application/ogg audio/opus'],
    ['wav', 'audio/wav audio/x-wav audio/wave audio/vnd.wave'],
    ['avi', 'video/avi video/x-msvideo video/vnd.avi'],
    ['mp3', 'audio/mpeg audio/mp3 audio/x-mpeg-3'],
    ['mp3WithSmallTag', 'audio/mpeg'],
    ['mp3WithLargeTag', 'audio/mpeg audio/mp3 audio/flac audio/aac'],
    ['flac', 'audio/flac audio/x-flac'],
    ['asf', 'video/x-ms-wmv audio/x-ms-wma video/x-ms-asf'],
    ['woff2', 'font/woff2 application/font-woff2'],
    ['ttf', 'font/ttf font/otf application/x-font-ttf'],
    ['tar', 'application/x-tar'],
    ['elf', 'application/x-elf application/x-executable application/x-sharedlib'],
    ['exe', 'application/x-msdownload application/vnd.microsoft.portable-executable'],
    ['xml', 'application/xml text/xml image/svg+xml application/rss+xml text/html'],
    ['rtf', 'application/rtf text/rtf application/msword text/plain'],
    ['text', 'text/plain text/markdown application/x-sh message/rfc822 application/vnd.ms-excel model/iges'],
    ['xml', 'text/vnd.trolltech.linguist'],
    ['html', 'text/html application/xhtml+xml text/plain application/vnd.ms-excel'],
    ['svg', 'image/svg+xml text/plain'],
    ['json', 'application/json application/ld+json application/vnd.acme.plan'],
    ['latin1', 'text/plain; charset=iso-8859-1'],
    ['utf8Bom', 'text/csv application/vnd.ms-excel'],
    ['utf16le', 'text/plain text/csv'],
    ['utf16be', 'text/plain'],
    ['empty', 'text/plain application/json application/vnd.acme.plan'],
    ['noise', 'text/plain application/vnd.acme.plan image/x-acme application/x-iso9660-image'],
    // Files of these types need no signature in their head.
    ['noise', 'audio/mpeg video/mp2t application/x-tar model/stl application/x-apple-diskimage'],
  ]
  const cases = fitting.flatMap(([file, types]) =>
    types.split(/ (?=\S+\/)/).map((type) => [file, type] as const),
  )
  test.each(cases)('%s as %s', async (file, type) => {
    expect(await check(files[file], type)).toBeUndefined()
  })
})

describe('a file in disguise is found', () => {
  const refused: [FileName, string, string | undefined][] = [
    ['exe', 'image/png image/jpeg application/pdf text/plain application/json', 'application/x-msdownload'],
    ['exe', 'application/msword application/x-tar video/mp2t audio/mpeg', 'application/x-msdownload'],
    ['exe', 'application/vnd.acme.plan image/x-acme audio/x-acme model/x-acme', 'application/x-msdownload'],
    ['elf', 'text/x-shellscript application/vnd.acme.plan application/zip video/mp4', 'application/x-elf'],
    ['macho', 'image/png application/vnd.acme.plan', 'application/x-mach-binary'],
    ['javaClass', 'image/gif application/vnd.acme.plan', 'application/java-vm'],
    [
      'zip',
      'text/plain application/json text/csv image/png application/pdf image/svg+xml',
      'application/zip',
    ],
    ['zip', 'application/gzip application/x-sqlite3', 'application/zip'],
    ['docx', `image/png text/plain ${OPENXML}.spreadsheetml.sheet`, `${OPENXML}.wordprocessingml.document`],
    ['docm', `${OPENXML}.wordprocessingml.document`, 'application/vnd.ms-word.document.macroenabled.12'],
    ['jar', `${OPENXML}.wordprocessingml.document text/html`, 'application/java-archive'],
    ['pdf', 'text/plain text/html image/png application/vnd.acme.plan', 'application/pdf'],
    ['jpeg', 'image/png text/plain application/pdf application/vnd.acme.plan video/mp4', 'image/jpeg'],
    ['png', 'image/jpeg text/html application/vnd.acme.plan audio/x-acme', 'image/png'],
    ['webp', 'image/jpeg image/png', 'image/webp'],
    ['bmp', 'text/plain image/png', 'image/bmp'],
    ['tiff', 'text/plain image/jpeg', 'image/tiff'],
    ['gzip', 'text/plain application/json image/png', 'application/gzip'],
    ['heic', 'video/mp4 image/jpeg', 'image/heic'],
    ['mp4', 'image/heic image/png video/webm text/plain application/vnd.acme.plan', 'video/mp4'],
    ['webm', 'video/mp4 audio/mpeg', 'video/webm'],
    ['wav', 'video/avi audio/flac', 'audio/wav'],
    ['mp3', 'audio/wav image/png', 'audio/mpeg'],
    ['mp3WithSmallTag', 'audio/flac', 'audio/mpeg'],
    ['xml', 'image/png image/x-acme image/x-acme+xml application/pdf', 'application/xml'],
    ['gzip', 'image/svg+xml', 'application/gzip'],
    ['noise', 'image/svg+xml', undefined],
    ['empty', 'image/svg+xml image/x-acme', undefined],
    ['html', 'image/png image/jpeg application/pdf video/mp4 audio/mpeg application/zip', undefined],
    ['html', 'image/svg+xml image/x-eps image/x-acme', undefined],
    ['text', 'image/png application/x-tar application/gzip', undefined],
    [
      'script',
      `image/wmf image/svg+xml image/x-eps image/x-acme+json video/mp2t video/x-ms-asf audio/x-acme font/x-acme
       model/stl`,
      undefined,
    ],
    ['empty', 'image/png application/pdf application/zip audio/mpeg video/mp4', undefined],
    [
      'noise',
      `image/png application/pdf application/zip video/mp4 font/woff2 application/x.acme+zip`,
      undefined,
    ],
  ]
  const cases = refused.flatMap(([file, types, found]) =>
    types.split(/\s+/).map((type) => [file, type, found] as const),
  )
  test.each(cases)('%s as %s', async (file, type, detected) => {
    expect(await check(files[file], type)).toEqual({ detected })
  })
})

test.each(['', 'application/octet-stream', 'Binary/Octet-Stream; a=b'])(
  '%j declares nothing',
  async (type) => {
    for (const content of Object.values(files)) expect(await check(content, type)).toBeUndefined()
  },
)

test.each([
  'iso5',
  'iso6',
  'isom',
  'mp41',
  'mp42',
  'avc1',
  'dash',
  'M4V ',
  'M4A ',
  'qt  ',
  '3gp5',
  'f4v ',
  'MSNV',
])('an MP4 of brand %j is an MP4 by any name', async (brand) => {
  for (const type of ['video/mp4', 'audio/mp4', 'video/quicktime', 'video/x-m4v']) {
    expect(await check(ftyp(brand, 'iso5', 'mp41'), type)).toBeUndefined()
  }
  expect(await check(ftyp(brand, 'iso5', 'mp41'), 'image/heic')).toBeDefined()
})

test.each([
  ['image/heic', 'heim with HEIF second', ftyp('heim', 'mif1')],
  ['video/mp4', 'a movie before its file type', bytes(box('free'), box('moov', noise))],
  ['audio/flac', 'a tag with FLAC behind', id3(100, files.flac)],
  ['application/pdf', 'a PDF after a line for the printer', bytes('\x1b%-12345X@PJL\r\n', files.pdf)],
  ['application/x-tar', 'the first file is GIF.zip', at(257, 'ustar', 'GIF.zip')],
  ['application/dicom', 'a DICOM that is a TIFF, too', at(128, 'DICM', 'II*\0\x08\0\0\0')],
  ['model/stl', 'a header of any 80 bytes', bytes('BMW car', Buffer.alloc(73), noise)],
  ['application/vnd.acme.plan', 'the first bytes of a bitmap by chance', bytes('BM', noise)],
  ['image/x-acme', 'a JPEG', files.jpeg],
  ['audio/x-acme', 'audio in a video container', files.webm],
  ['text/xml', 'a control character in XML', bytes(files.xml, '\x01')],
])('%s: %s', async (type, _, content) => {
  expect(await check(content, type)).toBeUndefined()
})

describe('files that file-type does not recognise, or not from their head', () => {
  test.each([
    ['image/tiff', at(0, 'MM\0*\0\x10\0\0')],
    ['image/jp2', at(0, '\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjph ')],
    ['video/matroska', ebml('future')],
    // An object of no size
    ['application/vnd.ms-asf', bytes('\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9', Buffer.alloc(100))],
    ['audio/mpeg', id3(100, Buffer.alloc(5000))],
    ['image/x-olympus-orf', at(0, 'IIRO\x08\0\0\0\x20')],
    ['image/x-olympus-orf', at(0, 'IIRS\x08\0\0\0')],
    ['image/x-olympus-orf', at(0, 'MMOR\0\0\0\x08')],
    ['image/x-panasonic-rw2', at(0, 'IIU\0\x08\0\0\0')],
    ['image/vnd.dwg', at(0, 'AC1.50\0')],
    ['image/vnd.dwg', at(0, 'AC2.10\0')],
    ['audio/wav', wav('RF64')],
    ['audio/wav', wav('RIFX')],
    ['audio/wav', at(0, 'riff\x2e\x91\xcf\x11\xa5\xd6')],
    ['audio/midi', wav('RIFF', 'RMID')],
    ['video/mp4', bytes(box('styp', 'msdh\0\0\0\0'), box('moof', noise))],
    ['video/mp4', box('moof', noise)],
    ['video/mp4', box('sidx', noise)],
    ['video/quicktime', box('skip', noise)],
    ['video/quicktime', box('pnot', noise)],
    ['font/ttf', at(0, 'true\0\x0c')],
    ['font/woff', at(0, 'wOFFtrue')],
    ['font/woff2', at(0, 'wOF2ttcf')],
    ['model/gltf-binary', at(0, 'glTF\x01\0\0\0')],
    ['application/x-shockwave-flash', at(0, 'ZWS\x0d')],
    ['application/zstd', at(0, 'P*M\x18\x04\0\0\0')],
    ['application/x-lz4', at(0, '\x02!L\x18')],
  ])('%s', async (type, content) => {
    expect(await check(content, type)).toBeUndefined()
    expect(await check(content, 'image/png')).toEqual({ detected: type })
  })
})

// Each starts with what file-type takes for a signature.
test.each([
  'BMW is a brand.',
  'Get free stuff!',
  'MZ is a name.',
  'GIF or JPEG?',
  'MAC addresses:',
  'FORM 1040',
  'solid ground',
  'PARENT_ID,NAME',
  'ID3 tags',
  `G${'A'.repeat(187)}GATTACA`,
  'see %PDF-1.7',
])('%j is text', async (text) => {
  for (const type of ['text/plain', 'text/csv', 'application/json', 'application/vnd.acme.plan']) {
    expect(await check(bytes(text), type)).toBeUndefined()
  }
  expect(await check(bytes(text), 'image/png')).toBeDefined()
})

describe('SVG', () => {
  const doctype =
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [\n' +
    '<!ENTITY ns_svg "http://www.w3.org/2000/svg">\n]>'
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

  test.each([
    ['all that may come first', bytes('<?xml version="1.0"?>\n<!-- a > b -->\n', doctype, '<?x y?><svg>')],
    ['a byte order mark', bytes('\xef\xbb\xbf\r\n<svg>')],
    ['UTF-16', utf16('<?xml version="1.0" encoding="UTF-16"?><svg>')],
    ['UTF-16, big endian', utf16('<svg/>').swap16()],
    ['a prefix', bytes('<svg:svg xmlns:svg="http://www.w3.org/2000/svg">')],
    ['a plain doctype', bytes('<!DOCTYPE svg><svg\n>')],
  ])('%s', async (_, content) => {
    expect(await check(content, 'image/svg+xml')).toBeUndefined()
  })

  test.each([
    ['<html><svg></svg></html>'],
    ['<!DOCTYPE html><svg>'],
    ['<!-- <svg> --><script>'],
    ['<?php <svg> ?>'],
    ['<svgx>'],
    ['<SVG>'],
    ['<svg'],
    ['#!/bin/sh\n<svg>'],
    ['x<svg>'],
    ['a comment that does not end', '<!-- '.repeat(800)],
    ['comments only', '<!---->'.repeat(500)],
    ['a doctype that does not end', `<!DOCTYPE svg [${' '.repeat(4000)}`],
  ])('%s is none', async (title, text = title) => {
    expect(await check(bytes(text), 'image/svg+xml')).toBeDefined()
    expect(await check(gzipSync(text), 'image/svg+xml')).toEqual({ detected: 'application/gzip' })
    expect(await check(utf16(text), 'image/svg+xml')).toBeDefined()
  })

  test('a small file that is large when unpacked', async () => {
    expect(await check(gzipSync(Buffer.alloc(3_000_000, ' ')), 'image/svg+xml')).toBeDefined()
  })
})

test.each(['image', 'audio', 'video', 'font'])(
  'a script passes as nothing that %s/* allows',
  async (kind) => {
    const limits = LimitsSchema.parse({ types: [`${kind}/*`] })
    const passes = async (type: string, script: Buffer) => {
      try {
        checkFile({ name: 'a', type, size: script.length }, limits, true)
      } catch {
        return false
      }
      return (await check(script, type)) === undefined
    }
    // Playlists are text by their names.
    const playlists = ['audio/mpegurl', 'audio/x-mpegurl', 'audio/x-scpls']
    const known = [...supportedMimeTypes, ...FAMILY_ROWS.flatMap(({ types }) => types.split(/\s+/))]
    const type = fc
      .oneof(
        fc.constantFrom(...known.filter((each) => each.startsWith(`${kind}/`))),
        fc.stringMatching(/^[\w!#$&^.+-]{1,30}$/).map((name) => `${kind}/${name}`),
        fc.constantFrom('svg+xml', 'a+xml', 'a+json', 'wmf', 'abc').map((name) => `${kind}/${name}`),
      )
      .filter((each) => !playlists.includes(each))
    const script = fc
      .tuple(
        fc.constantFrom('#!/bin/sh\n', 'BM=1\n', '<script>', '\xef\xbb\xbf<html>', 'GIF=1\n'),
        fc.string(),
      )
      .map(([start, rest]) => bytes(start, Buffer.from(rest.replace(/[^\n -~]/g, ''))))
    await fc.assert(
      fc.asyncProperty(type, script, async (...file) => !(await passes(...file))),
      { numRuns: 1000 },
    )
  },
)

test('a PDF of nothing but ASCII is no text', async () => {
  expect(await check(bytes('%PDF-1.4\n1 0 obj\n'), 'text/plain')).toEqual({ detected: 'application/pdf' })
})

describe('any head has an answer', () => {
  const types = [
    ...supportedMimeTypes,
    'text/plain',
    'application/json',
    'application/x.acme+zip',
    'x',
    'image/x-acme',
  ]
  const anyType = fc.oneof(fc.constantFrom(...types), fc.string())
  const anyHead = fc.uint8Array({ maxLength: 600 })

  test('of random bytes', async () => {
    await fc.assert(fc.asyncProperty(anyHead, anyType, answers), { numRuns: 2000 })
  })

  test('of a file cut anywhere, and damaged', async () => {
    const cut = fc
      .tuple(fc.constantFrom(...Object.values(files)), fc.nat(HEAD_BYTES), fc.uint8Array({ maxLength: 40 }))
      .map(([content, length, damage]) => bytes(content.subarray(0, length), damage))
    await fc.assert(fc.asyncProperty(cut, anyType, answers), { numRuns: 2000 })
  })

  test('of a file cut after 1 to 20 bytes', async () => {
    for (const content of Object.values(files)) {
      for (let length = 1; length <= 20; length++) await answers(content.subarray(0, length), 'image/png')
    }
  })

  async function answers(head: Uint8Array, type: string): Promise<void> {
    const mismatch = await checkContentType(head, type)
    if (mismatch) expect(mismatch.detected ?? 'none').toMatch(/^[a-z0-9./+-]+$/)
  }
})

test('no type is in two families', () => {
  const listed = FAMILY_ROWS.flatMap(({ types }) => types.split(/\s+/))
  expect(listed.filter((type, i) => listed.indexOf(type) !== i)).toEqual([])
})
