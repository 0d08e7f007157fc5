// The server's calls for small files that share an entry, and the orders that they depend on.
import { GoOn, type Operations, type Steps, step } from '../call.js'
import { edit } from '../state.js'
import { files, type World } from './world.js'

export const sound = {
  entryBeforeGrant: true,
  deliversBeforeSettling: true,
  /** The entry goes only when all of its files are settled. */
  settlesEach: true,
  /** What arrives after a cancel is deleted, which a mark tells. */
  marksCancels: true,
  /** The finisher and a cancel both write the same mark with `If-None-Match: *`: who is second obeys, */
  decidesOnce: true,
  /** and who is first looks whether the entry is still there. */
  looksAgain: true,
  /** Whether a form can still arrive is known before it is looked for. */
  clockBeforeHead: true,
  /** S3 takes a form whose signature expires under way: nothing is given up before that has ended. */
  waitsForForms: true,
  /** What is given up is gone from the quota before it is settled. */
  releasesBeforeSettling: true,
  /** A page whose completion has not been answered asks again before it cancels. */
  asksBeforeCancelling: true,
}

export type Protocol = typeof sound
type S3<Result> = Steps<World, Result>
type Mark = World['journal']['marks'][string]

export type Reply = Record<string, 'complete' | 'missing'> | 'granted' | 'cancelled' | 'completed before'

export function createOperations(protocol: Protocol) {
  return { create, write, complete, settle, cancel, finish } satisfies Operations<World>

  function* create(): S3<Reply> {
    for (const file of files) yield* reserve(file)
    if (protocol.entryBeforeGrant) yield* write()
    return 'granted'
  }

  function write(): S3<void> {
    return step('PUT entry', (world) => {
      edit(world, 'journal').entry = true
    })
  }

  function* complete(sent: string): S3<Reply> {
    const reply: Record<string, 'complete' | 'missing'> = {}
    const there: string[] = []
    for (const file of sent.split('')) {
      const isThere = yield* head(file)
      reply[file] = isThere ? 'complete' : 'missing'
      if (isThere) there.push(file)
    }
    yield* deliverAndSettle(there)
    return reply
  }

  function* deliverAndSettle(done: string[]): S3<void> {
    if (done.length === 0) return
    if (!protocol.deliversBeforeSettling) yield* settle(done.join(''))
    for (const file of done) yield* deliver(file)
    if (protocol.deliversBeforeSettling) yield* settle(done.join(''))
  }

  function* deliver(file: string): S3<void> {
    yield* finishQuota(file)
    yield* onComplete(file)
  }

  /** @param done the files that are settled now */
  function* settle(done: string): S3<void> {
    const isAll = done.length === files.length || !protocol.settlesEach
    if (!isAll && done !== '') yield* putMark(`s${done}`, 'settled')
    const { entry, marks } = yield* list()
    if (entry && (isAll || files.every((file) => isSettled(marks, file)))) yield* deleteEntry()
    else if (entry) return
    yield* deleteMarks(Object.keys(marks))
    if (!protocol.releasesBeforeSettling) for (const file of done) yield* release(file)
  }

  function* cancel(file: string): S3<Reply> {
    if (protocol.marksCancels && !(yield* decide(file, 'cancelled'))) return 'completed before'
    if (protocol.looksAgain) {
      const { entry, marks } = yield* list()
      if (!entry || isSettled(marks, file)) {
        if (!entry) yield* deleteMarks([`d${file}`])
        return (yield* head(file)) ? 'completed before' : 'cancelled'
      }
    }
    yield* deleteObject(file)
    return 'cancelled'
  }

  /** @returns whether it is so now */
  function* decide(file: string, what: 'cancelled' | 'delivering'): S3<boolean> {
    if (!protocol.decidesOnce) return yield* putMark(`d${file}`, what, 'anything')
    return (yield* putMark(`d${file}`, what)) || (yield* getMark(`d${file}`)) !== other(what)
  }

  /** The finisher's look. */
  function* finish(): S3<GoOn | undefined> {
    const { entry, marks, isOver } = yield* list()
    if (!entry) return void (yield* deleteMarks(Object.keys(marks)))
    const done: string[] = []
    for (const file of files) {
      if (isSettled(marks, file)) continue
      const isThere = yield* head(file)
      const isOverNow = protocol.clockBeforeHead ? isOver : (yield* list()).isOver
      if (isThere && marks[`d${file}`] !== 'cancelled' && (yield* decide(file, 'delivering'))) {
        if (protocol.looksAgain && !(yield* list()).entry) return void (yield* deleteMarks([`d${file}`]))
        yield* deliver(file)
        done.push(file)
      } else if (isOverNow) {
        if (isThere) yield* deleteObject(file)
        if (protocol.releasesBeforeSettling) yield* release(file)
        done.push(file)
      }
    }
    // Who has settled the last of them may have ended before it could remove the entry.
    const isSettledNow = files.every((file) => done.includes(file) || isSettled(marks, file))
    return done.length > 0 || isSettledNow ? new GoOn('settle', done.join('')) : undefined
  }

  function list() {
    return step('LIST', ({ journal, clock, wire }: World) => {
      const isOver = clock.expired === true && (wire.length === 0 || !protocol.waitsForForms)
      return { ...journal, isOver }
    })
  }
}

function isSettled(marks: Record<string, Mark>, file: string): boolean {
  return Object.keys(marks).some((name) => name.startsWith('s') && name.includes(file))
}

function other(what: 'cancelled' | 'delivering'): Mark {
  return what === 'cancelled' ? 'delivering' : 'cancelled'
}

const putMark = (name: string, mark: Mark, replaces?: 'anything'): S3<boolean> =>
  step(
    `PUT mark ${name}`,
    (world) => {
      if (world.journal.marks[name] && !replaces) return false
      edit(world, 'journal').marks[name] = mark
      return true
    },
    { repeats: true },
  )

const getMark = (name: string): S3<Mark | undefined> =>
  step(`GET mark ${name}`, ({ journal }) => journal.marks[name])

const deleteEntry = (): S3<void> =>
  step('DELETE entry', (world) => void delete edit(world, 'journal').entry, { repeats: true })

function* deleteMarks(names: string[]): S3<void> {
  if (names.length === 0) return
  yield* step(`DELETE marks ${names.join()}`, (world: World) => {
    const { marks } = edit(world, 'journal')
    for (const name of names) delete marks[name]
  })
}

const head = (file: string): S3<boolean> => step(`HEAD ${file}`, ({ objects }) => objects[file] === true)

const deleteObject = (file: string): S3<void> =>
  step(`DELETE object ${file}`, (world) => void delete edit(world, 'objects')[file], { repeats: true })

const reserve = (file: string): S3<void> =>
  step(
    `quota.reserve ${file}`,
    (world) => {
      edit(world, 'quota')[file] = 'reserved'
    },
    { hidden: true },
  )

const finishQuota = (file: string): S3<void> =>
  step(`quota.finish ${file}`, (world) => {
    if (world.quota[file]) edit(world, 'quota')[file] = 'finished'
  })

const release = (file: string): S3<void> =>
  step(`quota.release ${file}`, (world) => {
    if (world.quota[file] === 'reserved') delete edit(world, 'quota')[file]
  })

const onComplete = (file: string): S3<void> =>
  step(`onComplete ${file}`, (world) => {
    edit(world, 'heard')[file] = true
  })
