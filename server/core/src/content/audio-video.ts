// Audio and video: their names, as browsers and operating systems give them. Many containers hold both.
import type { FamilyRow } from './family-row.js'

export const AUDIO_VIDEO_FAMILIES: readonly FamilyRow[] = [
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
    types: `audio/x-ms-wma video/x-ms-wmv video/x-ms-wm application/vnd.ms-asf audio/x-ms-asf video/x-ms-asf`,
  },
  { types: 'video/vnd.avi video/avi video/x-msvideo video/msvideo application/x-troff-msvideo' },
  {
    types: 'video/mpeg video/mpg video/x-mpeg video/mp1s video/mp2p',
    alsoHolds: 'video/mp2t',
    unsigned: 'binary',
  },
  // Its packets may start anywhere. Qt's translations, which are text, have the same extension, .ts.
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
]
