// One look at the journal: every entry that is due is brought further.
import { randomInt } from 'node:crypto'
import pMap from 'p-map'
import { readMark } from '../journal/entry-names.js'
import { isDue } from '../journal/schedule.js'
import type { ListedKey } from '../s3/s3.js'
import type { Service } from '../service.js'
import { finishEntry } from './finish-entry.js'

/** What a look has come to. */
export interface FinishReport {
  /** Uploads that were due. */
  looked: number
  /** S3 had all their parts: they are objects now. */
  completed: number
  /** Objects of which the host has heard: those, and what was one already. */
  delivered: number
  /** Nobody could go on with them any more: S3 holds nothing of them. */
  aborted: number
  /** Small files that never came: their places in the quota are free again. */
  returned: number
}

export const NOTHING_FINISHED: FinishReport = {
  looked: 0,
  completed: 0,
  delivered: 0,
  aborted: 0,
  returned: 0,
}

/** An entry and what is beside it. Without an entry, it has been removed since. */
interface Group {
  entry?: ListedKey
  marks: ListedKey[]
}

/** A mark without an entry that is younger may be of an entry that the list does not show yet. */
const STALE_MS = 3_600_000
/** One that takes long holds up few others. */
const CONCURRENCY = 8

/**
 * @param place whose entries
 * @param since when the last look began, in milliseconds since 1970
 */
export async function finishUploads(service: Service, place: string, since: number): Promise<FinishReport> {
  const report = { ...NOTHING_FINISHED }
  const now = Date.now()
  const isStale = ({ modifiedAt }: ListedKey) => now - modifiedAt > STALE_MS
  const finish = async ({ entry, marks }: Group): Promise<void> => {
    // What is under way comes to its end.
    if (service.signal.aborted) return
    try {
      if (entry) await finishGroup(service, entry.key, marks, report)
      else await removeAll(service, marks.filter(isStale))
    } catch (error) {
      // The others go on.
      service.report(error)
    }
  }
  const due: Group[] = []
  for await (const group of listGroups(service, place)) {
    if (group.entry ? isDue(group.entry.modifiedAt, since, now) : group.marks.some(isStale)) due.push(group)
  }
  // From anywhere on, so that looks that are cut short come to each in the end.
  const first = randomInt(due.length + 1)
  await pMap([...due.slice(first), ...due.slice(0, first)], finish, { concurrency: CONCURRENCY })
  service.signal.throwIfAborted()
  return report
}

/** Marks come right behind their entry. */
async function* listGroups({ journal }: Service, place: string): AsyncGenerator<Group> {
  let group: Group | undefined
  for await (const listed of journal.list(`${place}/`)) {
    const mark = readMark(listed.key)
    if (mark && mark.entryPath === group?.entry?.key) group.marks.push(listed)
    else {
      if (group) yield group
      group = mark ? { marks: [listed] } : { entry: listed, marks: [] }
    }
  }
  if (group) yield group
}

async function finishGroup(
  service: Service,
  path: string,
  marks: ListedKey[],
  report: FinishReport,
): Promise<void> {
  const { journal } = service
  const found = await journal.read(path)
  if (found === 'unreadable') {
    service.report(
      new Error(`partway(): no secret opens the entry ${path} of the journal. It is left as it is.`),
    )
    return
  }
  // Its page has ended it meanwhile.
  if (!found) return
  const settled = new Set(marks.flatMap(({ key }) => [...(readMark(key)?.settled ?? [])]))
  for (const ending of await finishEntry(service, found, settled)) {
    report.looked++
    if (ending === 'completed') report.completed++
    if (ending === 'completed' || ending === 'delivered') report.delivered++
    if (ending === 'aborted') report.aborted++
    if (ending === 'returned') report.returned++
  }
  // With the entry gone, what is beside it says nothing more.
  if (await journal.exists(path)) return
  for await (const mark of journal.list(`${path}.`)) await removeAll(service, [mark])
}

async function removeAll({ journal }: Service, objects: ListedKey[]): Promise<void> {
  for (const { key } of objects) await journal.delete(key)
}
