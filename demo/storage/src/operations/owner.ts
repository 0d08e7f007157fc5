// Whose all buckets and objects are: the store has one account.
import { createHash } from 'node:crypto'

/** In the form of S3's canonical user ids: 64 hexadecimal digits. */
export const owner = { ID: createHash('sha256').update('partway').digest('hex') }
