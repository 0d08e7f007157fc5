// Archives, programs and data: their names, as browsers and operating systems give them.
import type { FamilyRow } from './family-row.js'

export const ARCHIVE_FAMILIES: readonly FamilyRow[] = [
  { types: 'application/gzip application/x-gzip application/x-tgz application/x-compressed-tar' },
  { types: 'application/x-bzip2 application/bzip2 application/x-bzip application/x-bzip-compressed-tar' },
  { types: 'application/x-xz application/xz application/x-xz-compressed-tar' },
  { types: 'application/zstd application/x-zstd' },
  { types: 'application/x-7z-compressed application/x-7z' },
  { types: 'application/x-rar-compressed application/vnd.rar application/x-rar application/rar' },
  // Windows's name for .tgz and, depending on installed tools, for other archives.
  {
    types: 'application/x-compressed',
    alsoHolds: `application/gzip application/zip application/x-compress application/x-tar
      application/x-7z-compressed application/x-rar-compressed application/x-bzip2 application/x-xz`,
  },
  {
    types: 'application/x-tar application/x-gtar application/tar',
    alsoHolds: `application/gzip application/x-bzip2 application/x-xz application/zstd application/x-lzip
      application/x-compress`,
    unsigned: 'binary',
  },
  { types: 'application/x-cpio', unsigned: 'binary' },
  { types: 'application/x-lzh-compressed application/x-lzh application/x-lha', unsigned: 'binary' },
  { types: 'application/vnd.ms-cab-compressed application/x-cab' },
  // An .a file may be empty, thin, or a script for the linker.
  { types: 'application/x-unix-archive application/x-archive text/vnd.a', unsigned: 'any' },
  // Its header is longer than the head.
  { types: 'application/x-asar', unsigned: 'binary' },
  // A disk image has its signature in the last bytes and starts with the compressed disk.
  {
    types: 'application/x-apple-diskimage',
    alsoHolds: 'application/x-bzip2 application/x-xz',
    unsigned: 'binary',
  },
  // Programs. A file that is declared as one hides nothing.
  {
    types: `application/x-msdownload application/x-msdos-program application/x-dosexec
      application/x-ms-dos-executable application/vnd.microsoft.portable-executable application/x-exe
      application/x-elf application/x-executable application/x-pie-executable application/x-sharedlib
      application/x-object application/x-mach-binary application/x-java-jnilib`,
    alsoHolds: 'application/x-cfb',
    unsigned: 'any',
  },
  { types: 'application/java-vm application/java application/x-java-vm application/x-java-class' },
  { types: 'application/x-shockwave-flash application/vnd.adobe.flash.movie' },
  { types: 'application/x.ms.shortcut application/x-ms-shortcut' },
  { types: 'application/x-deb application/vnd.debian.binary-package application/x-debian-package' },
  { types: 'application/x-rpm application/x-redhat-package-manager' },
  {
    types: 'application/x-google-chrome-extension application/x-chrome-package',
    alsoHolds: 'application/zip',
  },
  { types: 'application/x-esri-shape application/vnd.shp application/x-shapefile' },
  { types: 'application/x-sqlite3 application/vnd.sqlite3' },
  { types: 'application/vnd.tcpdump.pcap application/x-pcap', unsigned: 'binary' },
  { types: 'application/dicom', unsigned: 'binary' },
  { types: 'application/x-blender', alsoHolds: 'application/gzip application/zstd' },
  { types: 'application/x-spss-sav', unsigned: 'binary' },
]
