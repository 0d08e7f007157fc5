// Images, drawings, fonts and 3D models: their names, as browsers and operating systems give them.
import type { FamilyRow } from './family-row.js'

export const IMAGE_FAMILIES: readonly FamilyRow[] = [
  { types: 'image/jpeg image/jpg image/pjpeg image/x-jpeg image/x-citrix-jpeg application/jpg' },
  // Lossless JPEG starts like any other unless its first marker is the one that only it has.
  { types: 'image/jls', alsoHolds: 'image/jpeg' },
  { types: 'image/png image/apng image/x-png image/x-citrix-png image/vnd.mozilla.apng application/png' },
  { types: 'image/gif image/x-gif' },
  { types: 'image/webp image/x-webp' },
  { types: 'image/bmp image/x-bmp image/x-ms-bmp image/x-windows-bmp application/bmp' },
  // Browsers show a PNG as an icon, so there are many.
  {
    types: `image/x-icon image/vnd.microsoft.icon image/ico image/icon image/x-ico image/x-win-bitmap`,
    alsoHolds: 'image/png',
  },
  // Camera formats are TIFF with other tags, which may lie beyond the head.
  {
    types: `image/tiff image/tif image/x-tif image/x-tiff image/x-adobe-dng image/dng image/x-dng
      image/x-nikon-nef image/x-nikon-nrw image/x-canon-cr2 image/x-sony-arw image/x-sony-sr2 image/x-sony-srf
      image/x-kodak-dcr image/x-kodak-kdc image/x-pentax-pef`,
  },
  { types: 'image/x-olympus-orf', alsoHolds: 'image/tiff' },
  { types: 'image/x-panasonic-rw2 image/x-panasonic-raw', alsoHolds: 'image/tiff' },
  { types: 'image/x-fujifilm-raf image/x-fuji-raf' },
  { types: 'image/heic image/heif image/heic-sequence image/heif-sequence image/avif image/avif-sequence' },
  {
    types: `image/jp2 image/jpx image/jpm image/mj2 image/j2c image/jpeg2000 image/x-jp2
      image/x-jpeg2000-image image/x-jp2-codestream video/mj2 video/jpm`,
  },
  {
    types:
      'image/vnd.adobe.photoshop image/x-photoshop image/psd application/photoshop application/x-photoshop',
  },
  {
    types: `image/vnd.dwg image/x-dwg drawing/dwg application/acad application/x-acad application/autocad_dwg
      application/x-autocad application/dwg application/x-dwg`,
  },
  {
    types: `font/ttf font/otf font/collection font/sfnt application/font-sfnt application/x-font-ttf
      application/x-font-truetype application/x-font-otf application/x-font-opentype application/vnd.ms-opentype`,
  },
  { types: 'font/woff application/font-woff application/x-font-woff' },
  { types: 'font/woff2 application/font-woff2 application/x-font-woff2' },
  // Text, which has a signature, or binary, which has none
  {
    types: 'model/stl model/x.stl-ascii model/x.stl-binary application/sla application/vnd.ms-pki.stl',
    unsigned: 'binary',
  },
  { types: 'application/x.autodesk.fbx', unsigned: 'any' },
]
