// How a session must end: once nothing is in the way any more, everything that the user still wants is there, once.
import { CONTENTS, type Session } from './session.js'
import type { Tab, Wish } from './tab.js'
import { LARGE } from './watch.js'

/** Longer than any call or wait of the plugin's. */
const PATIENCE_MS = 400_000
const ROUND_MS = 5000
/** Until a file is known to its page: it waits for `/config`, and for what was said of the file before. */
const START_MS = 70_000

/** Takes away all that is in the way, and has the user go on with what is paused or failed. */
export async function heal(session: Session): Promise<void> {
  session.faults.clear()
  session.comeBack()
  session.setOnline(true)
  Object.assign(session.world, { latencyMs: 10, transferMs: 100, expiresIn: 900 })
  for (const tab of session.tabs) {
    tab.uppy.resumeAll()
    // Uppy's own way leaves out what has not started.
    for (const wish of tab.open) tab.setPaused(wish, false)
    tab.upload()
  }
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += ROUND_MS) {
    await session.pass(ROUND_MS)
    for (const tab of session.tabs) {
      // Whoever has picked the wrong file gives that up.
      for (const wish of tab.failed) if (wish.isOther) tab.remove(wish)
      if (tab.failed.length > 0) tab.retryAll()
      // A listener of the page may have paused it since.
      for (const wish of tab.paused) tab.setPaused(wish, false)
    }
    if (session.tabs.every(isDone)) return
  }
  for (const tab of session.tabs.filter((other) => !isDone(other))) {
    const { names } = tab
    session.watch.complain(`Never done: ${names}; ${tab.unsettled} unsettled, ${tab.page.calls} calls`)
  }
}

function isDone({ open, page, unsettled }: Tab): boolean {
  return open.length === 0 && page.calls === 0 && page.transfers.size === 0 && unsettled === 0
}

/** Each upload is an object, or gone, or in the server's list, where it can be found again; and no two are the same one. */
export function checkUploads(session: Session): void {
  const { world, watch, abandoned, cancelled, wishes } = session
  const told = new Set(wishes.map(({ done }) => done))
  for (const replaced of world.replaced) watch.complain(`${replaced} is replaced by a part that differs.`)
  for (const upload of world.uploads.values()) {
    const { name, ticket, size, completed } = upload
    const isExpected = told.has(ticket) || cancelled.has(name) || abandoned.has(ticket)
    if (completed && !isExpected)
      watch.complain(`${name} became an object (${ticket}) that nobody was told of.`)
    const isLeft = !completed && !upload.aborted && size < LARGE && upload.whole !== undefined
    if (isLeft && !abandoned.has(ticket)) {
      watch.complain(`${name} (${ticket}) is left on S3, and nobody knows it.`)
    }
  }
  for (const wish of wishes) checkOnce(wish, session)
}

/** Whoever has a large file when another tab finishes it, is done with that: unless it failed, or a third tab began anew. */
function checkOnce(wish: Wish, { wishes, watch }: Session): void {
  const { name, done, doneAt, addedAt, hasFailed } = wish
  if (!done || hasFailed || wish.isOther || (CONTENTS.get(name)?.length ?? 0) < LARGE) return
  const others = wishes.filter((other) => other.name === name && other !== wish && !other.isOther)
  for (const other of others) {
    const at = watch.completedAt.get(other.done ?? '')
    if (at === undefined || other.done === done || at <= addedAt + START_MS || at > doneAt) continue
    const third = others.some((next) => next.addedAt >= at && next.addedAt <= doneAt)
    if (!third) watch.complain(`${name} became two objects: ${other.done} and ${done}.`)
  }
}

/** Fresh files have all slots, once their parts have shown that the way is open. */
export async function checkSlots(session: Session, limit: number): Promise<void> {
  session.reactions.clear()
  for (const tab of session.tabs) {
    // What another tab has finished before this one begins is another upload.
    await session.pass(1000)
    tab.page.mostTransfers = 0
    tab.add('new')
    tab.add('fresh')
    tab.upload()
    for (let round = 0; round < 100 && tab.open.length > 0; round++) await session.pass(500)
    const { names } = tab
    if (names.length > 0) session.watch.complain(`Fresh files do not go: ${names}`)
    const most = tab.page.mostTransfers
    if (most < limit) session.watch.complain(`Only ${most} of ${limit} slots are free in the end.`)
  }
}
