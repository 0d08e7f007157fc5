// Turns a file's meta fields into strings, which S3 can store.
import type { Meta } from '@uppy/core'

/** The allowed fields as strings, without those that have no value. */
export function toMetadata(allowed: boolean | string[], meta: Meta): Record<string, string> {
  const names = allowed === true ? Object.keys(meta) : allowed || []
  const fields = names.map((name) => [name, meta[name]] as const)
  return Object.fromEntries(
    fields
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  )
}
