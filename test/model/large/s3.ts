// S3, the quota store and the host's hook, as steps. Each is one request, which takes effect at once.
import { type Steps, step } from '../call.js'
import { edit, textOf } from '../state.js'
import type { Entry, World } from './world.js'

type S3<Result> = Steps<World, Result>

export const isWhole = (parts: string[]) => parts.every((part) => part !== '')

/** With whether its time is over, by the server's clock. */
export const getEntry = (name: string): S3<(Entry & { expired: boolean }) | undefined> =>
  step(`GET entry ${name}`, ({ entries, expired }) => {
    const entry = entries[name]
    return entry && { ...entry, expired: expired[entry.id] === true }
  })

/** @param replaces what it may take the place of: an entry (`If-Match`) or nothing (`If-None-Match: *`) */
export const putEntry = (name: string, entry: Entry, replaces: Entry | undefined | 'anything'): S3<boolean> =>
  step(
    `PUT entry ${name} of ${entry.id}`,
    (world) => {
      if (replaces !== 'anything' && !isSame(world.entries[name], replaces)) return false
      edit(world, 'entries')[name] = bodyOf(entry)
      return true
    },
    { repeats: true },
  )

/** @param entry what it has to be (`If-Match`) */
export const deleteEntry = (name: string, entry: Entry | 'anything'): S3<void> =>
  step(
    `DELETE entry ${name}`,
    (world) => {
      if (entry === 'anything' || isSame(world.entries[name], entry)) delete edit(world, 'entries')[name]
    },
    { repeats: true },
  )

export const createMultipartUpload = (id: string): S3<void> =>
  step(
    `CreateMultipartUpload ${id}`,
    (world) => {
      edit(world, 'uploads')[id] = ['', '']
    },
    {
      hidden: true,
    },
  )

export const listParts = (id: string): S3<string[] | undefined> =>
  step(`ListParts ${id}`, ({ uploads }) => uploads[id])

/** S3 compares the ETags of the list with what it has. */
export const completeMultipartUpload = (id: string, parts: string[]): S3<'done' | 'gone' | 'differs'> =>
  step(
    `CompleteMultipartUpload ${id}`,
    (world) => {
      const { [id]: stored } = world.uploads
      if (!stored) return 'gone'
      if (stored.join() !== parts.join()) return 'differs'
      delete edit(world, 'uploads')[id]
      edit(world, 'objects')[id] = parts.join('')
      return 'done'
    },
    { repeats: true },
  )

/** @returns whether S3 had it */
export const abortMultipartUpload = (id: string): S3<boolean> =>
  step(
    `AbortMultipartUpload ${id}`,
    (world) => world.uploads[id] !== undefined && delete edit(world, 'uploads')[id],
    { repeats: true },
  )

export const headObject = (id: string): S3<string | undefined> =>
  step(`HEAD object ${id}`, ({ objects }) => objects[id])

export const reserve = (id: string): S3<void> =>
  step(
    `quota.reserve ${id}`,
    (world) => {
      edit(world, 'quota')[id] ??= 'reserved'
    },
    { hidden: true },
  )

export const finishQuota = (id: string): S3<void> =>
  step(`quota.finish ${id}`, (world) => {
    if (world.quota[id]) edit(world, 'quota')[id] = 'finished'
  })

export const release = (id: string): S3<void> =>
  step(`quota.release ${id}`, (world) => {
    if (world.quota[id] === 'reserved') delete edit(world, 'quota')[id]
  })

export const onComplete = (id: string): S3<void> =>
  step(`onComplete ${id}`, (world) => {
    edit(world, 'heard')[id] = true
  })

function isSame(stored: Entry | undefined, read: Entry | undefined): boolean {
  return textOf(stored) === textOf(read && bodyOf(read))
}

function bodyOf({ id, page, joined, declared }: Entry): Entry {
  return { id, page, joined, ...(declared !== undefined && { declared }) }
}
