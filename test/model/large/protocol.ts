// The server's calls for a large file, and the orders that they depend on: each can be turned off, to see what it is for.
import { GoOn, type Operations, type Steps } from '../call.js'
import * as s3 from './s3.js'
import type { Entry, Grant, World } from './world.js'

export const sound = {
  /** A new entry is written with `If-None-Match: *`, */
  createsOnlyNew: true,
  /** one that takes the place of another with `If-Match`, */
  replacesOnlyKnown: true,
  /** and who removes one reads it before, for names are used again, */
  removesOnlyOwn: true,
  /** and deletes what it has read, with `If-Match`. */
  deletesOnlyKnown: true,
  entryBeforeGrant: true,
  /** Who comes second with an entry aborts the upload it has made for it. */
  abortsOwnWhenSecond: true,
  /** The quota of an upload that is gone is given back before the entry is about another. */
  releasesReplaced: true,
  /** ListParts, then HEAD: in the other order an upload can be completed in between, and is in neither. */
  listsBeforeHead: true,
  deliversBeforeRemoving: true,
  abortsBeforeReleasing: true,
  /** What has been completed before it could be aborted keeps its entry. */
  abortSparesCompleted: true,
  completesBeforeRemoving: true,
  /** `/complete` says which ETag the object has to have. */
  pageDeclares: true,
  /** An upload of two pages is completed only as the last of them has declared it, */
  finisherWantsDeclaration: true,
  /** and whether it is of two is read after its parts. */
  finisherReadsAgain: true,
  /** A page whose upload is gone tries to complete it before it makes another. */
  asksBeforeStartingOver: true,
}

export type Protocol = typeof sound

export type Completion = 'complete' | 'incomplete' | 'differs' | 'gone'

export function createOperations(protocol: Protocol) {
  return { create, write, declare, complete, deliver, abort, finish, conclude } satisfies Operations<World>

  /** The upload that the key stands for: the one that was begun, or a new one. */
  function* create(name: string, page: string, newId: string): Steps<World, Grant> {
    for (let id = newId; ; id += "'") {
      const found = yield* s3.getEntry(name)
      if (found) {
        if (found.expired) yield* s3.abortMultipartUpload(found.id)
        const stored = yield* look(found.id)
        if (stored !== 'gone') {
          const joined = found.joined || found.page !== page
          const isKept = joined === found.joined || (yield* replace(name, found, { ...found, joined }))
          if (isKept) return { id: found.id, stored, joined }
          continue
        }
        if (protocol.releasesReplaced) yield* s3.release(found.id)
      }
      yield* s3.reserve(id)
      yield* s3.createMultipartUpload(id)
      const entry = { id, page, joined: false }
      const grant = { id, stored: ['', ''], joined: false }
      if (!protocol.entryBeforeGrant) return grant
      if (yield* replace(name, found, entry)) return grant
      // It may be one's own, whose first reply was lost.
      if ((yield* s3.getEntry(name))?.id === id) return grant
      if (protocol.abortsOwnWhenSecond) yield* s3.abortMultipartUpload(id)
      yield* s3.release(id)
    }
  }

  function replace(name: string, found: Entry | undefined, entry: Entry) {
    const isGuarded = found ? protocol.replacesOnlyKnown : protocol.createsOnlyNew
    return s3.putEntry(name, entry, isGuarded ? found : 'anything')
  }

  /** Only where a grant is given before its entry is written. */
  function* write(name: string, page: string, id: string): Steps<World, void> {
    yield* s3.putEntry(name, { id, page, joined: false }, undefined)
  }

  function* declare(name: string, id: string, content: string): Steps<World, 'declared' | 'gone'> {
    for (;;) {
      const found = yield* s3.getEntry(name)
      if (found?.id !== id) return 'gone'
      if (yield* replace(name, found, { ...found, declared: content })) return 'declared'
    }
  }

  function* complete(name: string, id: string, content: string): Steps<World, Completion | GoOn> {
    const isWanted = (stored: string) => stored === content || !protocol.pageDeclares
    const parts = yield* s3.listParts(id)
    if (parts) {
      if (!s3.isWhole(parts)) return 'incomplete'
      if (!isWanted(parts.join(''))) return 'differs'
      if ((yield* s3.completeMultipartUpload(id, parts)) === 'differs') return 'differs'
    }
    const object = yield* s3.headObject(id)
    if (object === undefined) return 'gone'
    if (!isWanted(object)) return 'differs'
    return new GoOn('deliver', name, id)
  }

  function* deliver(name: string, id: string): Steps<World, Completion> {
    if (!protocol.deliversBeforeRemoving) yield* remove(name, id)
    yield* s3.finishQuota(id)
    yield* s3.onComplete(id)
    if (protocol.deliversBeforeRemoving) yield* remove(name, id)
    return 'complete'
  }

  /** A page's cancel. */
  function* abort(name: string, id: string): Steps<World, 'cancelled' | 'completed before'> {
    if (!protocol.abortsBeforeReleasing) yield* s3.release(id)
    const wasThere = yield* s3.abortMultipartUpload(id)
    const isCompleted = !wasThere && (yield* s3.headObject(id)) !== undefined
    if (!isCompleted && protocol.abortsBeforeReleasing) yield* s3.release(id)
    if (!isCompleted || !protocol.abortSparesCompleted) yield* remove(name, id)
    return isCompleted ? 'completed before' : 'cancelled'
  }

  /** The finisher's look at an entry. */
  function* finish(name: string): Steps<World, GoOn | undefined> {
    const entry = yield* s3.getEntry(name)
    if (!entry) return
    const { id } = entry
    const parts = yield* s3.listParts(id)
    if (parts && s3.isWhole(parts) && (yield* mayComplete(name, entry, parts.join('')))) {
      if (!protocol.completesBeforeRemoving) yield* remove(name, id)
      if ((yield* s3.completeMultipartUpload(id, parts)) === 'differs') return
    } else if (parts && entry.expired) yield* s3.abortMultipartUpload(id)
    else if (parts) return
    return new GoOn('conclude', name, id)
  }

  /** S3 has the upload no more: it is an object, or nothing. */
  function* conclude(name: string, id: string): Steps<World, GoOn | undefined> {
    if ((yield* s3.headObject(id)) !== undefined) return new GoOn('deliver', name, id)
    yield* s3.release(id)
    yield* remove(name, id)
    return
  }

  function* mayComplete(name: string, entry: Entry, content: string): Steps<World, boolean> {
    if (!protocol.finisherWantsDeclaration) return true
    const now = protocol.finisherReadsAgain ? yield* s3.getEntry(name) : entry
    return now?.id === entry.id && (!now.joined || now.declared === content)
  }

  function* look(id: string): Steps<World, string[] | 'complete' | 'gone'> {
    const before = protocol.listsBeforeHead ? undefined : yield* s3.headObject(id)
    const parts = yield* s3.listParts(id)
    if (parts) return parts
    const object = protocol.listsBeforeHead ? yield* s3.headObject(id) : before
    return object === undefined ? 'gone' : 'complete'
  }

  function* remove(name: string, id: string): Steps<World, void> {
    if (!protocol.removesOnlyOwn) return yield* s3.deleteEntry(name, 'anything')
    const found = yield* s3.getEntry(name)
    if (found?.id !== id) return
    yield* s3.deleteEntry(name, protocol.deletesOnlyKnown ? found : 'anything')
  }
}
