// Applies the server's limits as Uppy restrictions, so that the user sees them when adding a file.

import type { Body, Meta, Uppy } from '@uppy/core'
import type { Limits } from '../server/server-config.js'
import { callListeners } from './call-listeners.js'

/** The server's limits for files. */
type FileLimits = Pick<Limits, 'maxFileSize' | 'minFileSize' | 'types' | 'extensions'>

/** What the plugin changes in Uppy's restrictions. */
export interface FileRestrictions {
  maxFileSize: number | null
  minFileSize: number | null
  allowedFileTypes: string[] | null
}

/**
 * Makes the page's restrictions as strict as the server, never looser.
 * @returns Undoes what has not been changed since.
 */
export function tightenRestrictions<M extends Meta, B extends Body>(
  uppy: Pick<Uppy<M, B>, 'opts' | 'setOptions'>,
  limits: FileLimits,
): () => void {
  const own: FileRestrictions = uppy.opts.restrictions
  const changes = findStricter(limits, own)
  // Uppy keeps the restrictions that are not named.
  callListeners(() => uppy.setOptions({ restrictions: changes }))
  return () => {
    const current: FileRestrictions = uppy.opts.restrictions
    const restored = { ...current }
    if (current.maxFileSize === changes.maxFileSize) restored.maxFileSize = own.maxFileSize
    if (current.minFileSize === changes.minFileSize) restored.minFileSize = own.minFileSize
    if (current.allowedFileTypes === changes.allowedFileTypes)
      restored.allowedFileTypes = own.allowedFileTypes
    callListeners(() => uppy.setOptions({ restrictions: restored }))
  }
}

/** Where the server is stricter than the page. */
export function findStricter(limits: FileLimits, own: FileRestrictions): Partial<FileRestrictions> {
  const { maxFileSize, minFileSize } = limits
  const allowedFileTypes = toFileTypes(limits)
  return {
    // Uppy treats 0 as no limit, here and in the page's options.
    ...(maxFileSize > 0 && maxFileSize < (own.maxFileSize || Number.POSITIVE_INFINITY) && { maxFileSize }),
    ...(minFileSize > (own.minFileSize ?? 0) && { minFileSize }),
    ...(allowedFileTypes && !own.allowedFileTypes && { allowedFileTypes }),
  }
}

/**
 * A file has to match both of the server's lists, but any one entry of Uppy's: with both lists in it, Uppy would accept what
 * matches one of them. Extensions say more: every file has a name, but a type only if the browser knows it.
 */
function toFileTypes({ types, extensions }: FileLimits): string[] | undefined {
  // Of `.tar.gz`, Uppy compares only what follows the last dot.
  if (extensions) return extensions.map((extension) => extension.slice(extension.lastIndexOf('.')))
  // Uppy compares case-sensitively; browsers give types in lower case.
  return types?.map((type) => type.toLowerCase())
}
