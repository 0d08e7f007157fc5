// A ticket as the claims of a token. Digests keep it short, and the owner's name out of it; requests supply what was digested.
import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Ticket } from './ticket.js'

const base = {
  jti: z.string(),
  bkt: z.string(),
  sub: z.string(),
  iat: z.int(),
  /** Its entry in the journal: path, index and count. */
  ent: z.tuple([z.string(), z.int(), z.int()]),
}
const Base = z.object(base)
export const Claims = z.discriminatedUnion('knd', [
  z.object({ ...base, knd: z.literal('s'), key: z.string(), siz: z.int(), md5: z.string().optional() }),
  z.object({
    ...base,
    knd: z.literal('m'),
    key: z.string(),
    upl: z.string(),
    siz: z.int(),
    psz: z.int(),
    chk: z.enum(['md5', 'crc64nvme']).optional(),
    md5: z.boolean(),
    jns: z.literal(true).optional(),
  }),
  z.object({ ...base, knd: z.literal('o'), kdg: z.string(), upl: z.string(), min: z.int(), max: z.int() }),
])
export type Claims = z.infer<typeof Claims>

export function toClaims(ticket: Ticket): Claims {
  const { id, bucket, key, owner, issuedAt, entry } = ticket
  const { path, index, count } = entry
  const common: z.infer<typeof Base> = {
    jti: id,
    bkt: bucket,
    sub: digest(owner),
    iat: issuedAt,
    ent: [path, index, count],
  }
  switch (ticket.kind) {
    case 'single':
      return { ...common, knd: 's', key, siz: ticket.size, md5: ticket.md5 }
    case 'multipart': {
      const { uploadId, size, partSize, checksum, md5Etags, joins } = ticket
      return {
        ...common,
        knd: 'm',
        key,
        upl: uploadId,
        siz: size,
        psz: partSize,
        chk: checksum,
        md5: md5Etags,
        jns: joins,
      }
    }
    case 'open': {
      const { uploadId, minFileSize, maxFileSize } = ticket
      // Companion clients also send the key, so their URLs need not hold it twice.
      return { ...common, knd: 'o', kdg: digest(key), upl: uploadId, min: minFileSize, max: maxFileSize }
    }
  }
}

/** 128 bits of SHA-256. */
export function digest(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url')
}
