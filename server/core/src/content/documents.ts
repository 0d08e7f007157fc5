// Documents and what else is made of ZIP: their names, as browsers and operating systems give them.
import type { FamilyRow } from './family-row.js'

const OPENXML = 'application/vnd.openxmlformats-officedocument'
const OPENDOCUMENT = 'application/vnd.oasis.opendocument'

/** Each row is one family: a document or its template, and with macros only if the type says so. */
const OFFICE_TYPES = [
  `${OPENXML}.wordprocessingml.document ${OPENXML}.wordprocessingml.template`,
  'application/vnd.ms-word.document.macroenabled.12 application/vnd.ms-word.template.macroenabled.12',
  `${OPENXML}.spreadsheetml.sheet ${OPENXML}.spreadsheetml.template`,
  'application/vnd.ms-excel.sheet.macroenabled.12 application/vnd.ms-excel.template.macroenabled.12',
  `${OPENXML}.presentationml.presentation ${OPENXML}.presentationml.template ${OPENXML}.presentationml.slideshow`,
  `application/vnd.ms-powerpoint.presentation.macroenabled.12
   application/vnd.ms-powerpoint.template.macroenabled.12
   application/vnd.ms-powerpoint.slideshow.macroenabled.12`,
  'application/vnd.visio application/vnd.ms-visio.drawing application/vnd.ms-visio.drawing.macroenabled.12',
  `${OPENDOCUMENT}.text ${OPENDOCUMENT}.text-template`,
  `${OPENDOCUMENT}.spreadsheet ${OPENDOCUMENT}.spreadsheet-template`,
  `${OPENDOCUMENT}.presentation ${OPENDOCUMENT}.presentation-template`,
  `${OPENDOCUMENT}.graphics ${OPENDOCUMENT}.graphics-template`,
]
const OFFICE = OFFICE_TYPES.join(' ')

const EPUB = 'application/epub+zip application/x-ibooks+zip'
const MODEL_3MF = 'model/3mf application/vnd.ms-package.3dmanufacturing-3dmodel+xml'
// An APK looks like a JAR until the head reaches its classes.
const JAVA = `application/java-archive application/x-java-archive application/vnd.android.package-archive
  application/x-xpinstall`

/** Types that file-type recognises inside a ZIP, except programs. */
export const ZIP_DOCUMENTS = `${OFFICE} ${EPUB} ${MODEL_3MF}`

export const DOCUMENT_FAMILIES: readonly FamilyRow[] = [
  // ZIP, whose head may end before the entry that identifies it. Office encrypts into a CFB.
  ...OFFICE_TYPES.map((types) => ({ types, alsoHolds: 'application/zip application/x-cfb' })),
  { types: EPUB, alsoHolds: 'application/zip' },
  { types: MODEL_3MF, alsoHolds: 'application/zip' },
  { types: JAVA, alsoHolds: 'application/zip' },
  {
    types: 'application/zip application/x-zip application/x-zip-compressed multipart/x-zip',
    alsoHolds: `${ZIP_DOCUMENTS} ${JAVA}`,
  },
  // Windows has .csv files under Excel's type and .rtf under Word's, and Excel opens HTML as .xls.
  {
    types: 'application/msword application/vnd.ms-excel application/vnd.ms-powerpoint',
    alsoHolds: `application/x-cfb application/zip application/rtf application/xml ${OFFICE}`,
    unsigned: 'any',
  },
  { types: 'application/x-cfb application/x-ole-storage application/x-msi' },
  { types: 'application/vnd.ms-outlook application/vnd.ms-outlook-pst', alsoHolds: 'application/x-cfb' },
  { types: 'application/pdf application/x-pdf text/pdf' },
  // PostScript may follow the commands that choose it for a printer, and is PDF in files of Illustrator.
  {
    types: `application/postscript application/eps application/x-eps image/x-eps application/illustrator
      application/vnd.adobe.illustrator`,
    alsoHolds: 'application/pdf',
    unsigned: 'any',
  },
  {
    types: 'application/x-mobipocket-ebook application/vnd.amazon.ebook application/vnd.amazon.mobi8-ebook',
    unsigned: 'binary',
  },
  { types: 'application/pgp-encrypted', unsigned: 'any' },
]
