// A file's meta fields in the form that S3 can keep: strings, and only those that the server wants.
import { getAllowedMetaFields, type Meta } from '@uppy/core/utils'

/** The allowed fields as strings, without those that have no value. */
export function toMetadata(allowed: boolean | string[], meta: Meta): Record<string, string> {
  const fields = getAllowedMetaFields(allowed, meta).map((name) => [name, meta[name]] as const)
  return Object.fromEntries(
    fields
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  )
}

/** The entries that are in `keys`, in any case. Without `keys`: all. */
export function keepMetadata(
  metadata: Record<string, string>,
  keys: string[] | null | undefined,
): Record<string, string> {
  if (!keys) return metadata
  const kept = new Set(keys.map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => kept.has(name.toLowerCase())))
}
