// A person's objects: those with keys that the middleware gives to that person's uploads, and no others.
import { z } from 'zod'

/** `<owner>/[<mount>/]<UUID>/<safe name>`, which is at most 1,024 bytes long. */
const keyOfUpload =
  /^[^/]{1,64}\/(?:[\w-]{22}\/)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[^/\p{Cc}]{1,256}$/u

export const KeySchema = z.string().max(1024).regex(keyOfUpload, 'must be the key of an upload')

export function ownPrefix(owner: string): string {
  return `${owner}/`
}

/** No owner's prefix begins with another's, because owners contain no slash. */
export function isOwnKey(owner: string, key: string): boolean {
  return KeySchema.safeParse(key).success && key.startsWith(ownPrefix(owner))
}
