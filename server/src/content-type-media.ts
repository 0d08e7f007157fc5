// Images, audio, video, fonts and 3D models: their names, as browsers and operating systems give them.
import type { FamilyRow } from './content-type-families.js'

const ASF = 'application/vnd.ms-asf audio/x-ms-asf video/x-ms-asf'

export const MEDIA_FAMILIES: readonly FamilyRow[] = [
  // Images
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
  // Camera formats are TIFF with other tags, which may lie behind the head.
  {
    types: `image/tiff image/tif image/x-tif image/x-tiff image/x-adobe-dng image/dng image/x-dng
      image/x-nikon-nef image/x-canon-cr2 image/x-sony-arw`,
  },
  { types: 'image/x-olympus-orf', alsoHolds: 'image/tiff' },
  { types: 'image/x-panasonic-rw2 image/x-panasonic-raw', alsoHolds: 'image/tiff' },
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
    types: `image/vnd.dwg image/x-dwg application/acad application/x-acad application/autocad_dwg application/x-autocad application/dwg application/x-dwg drawing/dwg`,
  },

  // Audio and video, of which many containers hold both
  {
    types: `video/mp4 video/x-m4v video/quicktime video/3gpp video/3gpp2 video/x-f4v audio/mp4 audio/x-m4a
      audio/m4a audio/m4b audio/x-m4b audio/x-m4p audio/3gpp audio/3gpp2 application/mp4`,
  },
  {
    types: `video/webm audio/webm video/matroska video/x-matroska video/matroska-3d video/x-matroska-3d
      audio/matroska audio/x-matroska application/x-matroska`,
  },
  {
    types: `application/ogg audio/ogg video/ogg application/x-ogg audio/x-ogg video/x-ogg audio/opus audio/vorbis
      audio/speex application/x-speex video/x-ogm video/x-theora`,
  },
  {
    types: 'audio/x-ms-wma video/x-ms-wmv video/x-ms-wm audio/x-ms-asf application/vnd.ms-asf',
    alsoHolds: ASF,
  },
  // An .asx file has the type of an .asf file and is a playlist.
  { types: 'video/x-ms-asf', alsoHolds: ASF, unsigned: 'any' },
  { types: 'video/vnd.avi video/avi video/x-msvideo video/msvideo application/x-troff-msvideo' },
  {
    types: 'video/mpeg video/mpg video/x-mpeg video/mp1s video/mp2p',
    alsoHolds: 'video/mp2t',
    unsigned: 'binary',
  },
  // A .ts file is TypeScript or Qt's translations just as well, and its packets may start anywhere.
  { types: 'video/mp2t video/vnd.dlna.mpeg-tts text/vnd.trolltech.linguist', unsigned: 'any' },
  { types: 'video/x-flv video/flv' },
  { types: 'application/mxf', unsigned: 'binary' },
  { types: 'audio/wav audio/x-wav audio/wave audio/vnd.wave audio/x-pn-wav' },
  { types: 'audio/aiff audio/x-aiff' },
  // Players skip what comes before the first frame. Some encoders wrap the frames as WAV.
  {
    types: `audio/mpeg audio/mp3 audio/x-mp3 audio/x-mpeg audio/mpeg3 audio/x-mpeg-3 audio/mpg audio/mp2
      audio/x-mp2 audio/mpa`,
    alsoHolds: 'audio/aac audio/wav',
    unsigned: 'binary',
  },
  // Recorders write .aac files of bare frames, of LATM, which has no signature, or as MP4.
  {
    types: 'audio/aac audio/aacp audio/x-aac audio/vnd.dlna.adts',
    alsoHolds: 'audio/mpeg audio/mp4 audio/x-m4a video/mp4 video/3gpp',
    unsigned: 'binary',
  },
  { types: 'audio/flac audio/x-flac', alsoHolds: 'audio/ogg' },
  { types: 'audio/midi audio/mid audio/x-midi audio/sp-midi application/x-midi' },
  { types: 'audio/amr audio/amr-wb' },
  { types: 'audio/vnd.dolby.dd-raw audio/ac3 audio/x-ac3 audio/eac3', unsigned: 'binary' },

  // Fonts
  {
    types: `font/ttf font/otf font/collection font/sfnt application/font-sfnt application/x-font-ttf
      application/x-font-truetype application/x-font-otf application/x-font-opentype application/vnd.ms-opentype`,
  },
  { types: 'font/woff application/font-woff application/x-font-woff' },
  { types: 'font/woff2 application/font-woff2 application/x-font-woff2' },

  // Models: text or binary, and only one of the two has a signature
  {
    types: 'model/stl model/x.stl-ascii model/x.stl-binary application/sla application/vnd.ms-pki.stl',
    unsigned: 'any',
  },
  { types: 'application/x.autodesk.fbx', unsigned: 'any' },
]
