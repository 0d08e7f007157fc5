// One look at the journal: advances every entry that is due.
import { randomInt } from 'node:crypto'
import pMap from 'p-map'
import { readMark } from '../journal/entry-names.js'
import { isDue } from '../journal/schedule.js'
import type { ListedKey } from '../s3/s3.js'
import type { Service } from '../service.js'
import { finishEntry } from './finish-entry.js'

/** The result of a look at the journal. */
export interface FinishReport {
  /** Uploads that were due. */
  looked: number
  /** Uploads that became objects, because S3 held all their parts. */
  completed: number
  /** Objects delivered to the host: the completed ones, and those that existed already. */
  delivered: number
  /** Uploads that had expired. S3 holds nothing of them. */
  aborted: number
  /** Small files that never arrived. They no longer count against the quota. */
  returned: number
}

export const NOTHING_FINISHED: FinishReport = {
  looked: 0,
  completed: 0,
  delivered: 0,
  aborted: 0,
  returned: 0,
}

/** An entry and the marks next to it. `entry` is missing if it was removed. */
interface Group {
  entry?: ListedKey
  marks: ListedKey[]
}

/** A mark without an entry is kept until this age: the list may not show its entry yet. */
const STALE_MS = 3_600_000
/** A slow entry holds up few others. */
const CONCURRENCY = 8

/**
 * @param place only entries of this place
 * @param since start of the last look, in milliseconds since 1970
 */
export async function finishUploads(service: Service, place: string, since: number): Promise<FinishReport> {
  const report = { ...NOTHING_FINISHED }
  const now = Date.now()
  const isStale = ({ modifiedAt }: ListedKey) => now - modifiedAt > STALE_MS
  const finish = async ({ entry, marks }: Group): Promise<void> => {
    // Entries in progress still finish.
    if (service.signal.aborted) return
    try {
      if (entry) await finishGroup(service, entry.key, marks, report)
      else await removeAll(service, marks.filter(isStale))
    } catch (error) {
      // The other entries continue.
      service.report(error)
    }
  }
  const due: Group[] = []
  for await (const group of listGroups(service, place)) {
    if (group.entry ? isDue(group.entry.modifiedAt, since, now) : group.marks.some(isStale)) due.push(group)
  }
  // Start at a random entry, so that looks that are cut short reach every entry eventually.
  const first = randomInt(due.length + 1)
  await pMap([...due.slice(first), ...due.slice(0, first)], finish, { concurrency: CONCURRENCY })
  service.signal.throwIfAborted()
  return report
}

/** The list has marks right after their entry. */
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
  // Its page has ended it in the meantime.
  if (!found) return
  const settled = new Set(marks.flatMap(({ key }) => [...(readMark(key)?.settled ?? [])]))
  for (const ending of await finishEntry(service, found, settled)) {
    report.looked++
    if (ending === 'completed') report.completed++
    if (ending === 'completed' || ending === 'delivered') report.delivered++
    if (ending === 'aborted') report.aborted++
    if (ending === 'returned') report.returned++
  }
  // Without the entry, its marks mean nothing.
  if (await journal.exists(path)) return
  for await (const mark of journal.list(`${path}.`)) await removeAll(service, [mark])
}

async function removeAll({ journal }: Service, objects: ListedKey[]): Promise<void> {
  for (const { key } of objects) await journal.delete(key)
}
