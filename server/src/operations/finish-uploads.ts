// One look at the journal: every entry that is due is brought further.
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

/** A mark that another server is about to need is not so old. */
const STALE_MS = 3_600_000

/**
 * @param place whose entries
 * @param since when the last look began, in milliseconds since 1970
 */
export async function finishUploads(service: Service, place: string, since: number): Promise<FinishReport> {
  const report: FinishReport = { looked: 0, completed: 0, delivered: 0, aborted: 0, returned: 0 }
  const now = Date.now()
  let entry: ListedKey | undefined
  let marks: ListedKey[] = []
  const finishOne = async () => {
    if (!entry)
      await removeMarks(
        service,
        marks.filter(({ modifiedAt }) => now - modifiedAt > STALE_MS),
      )
    else if (isDue(entry.modifiedAt, since, now)) await look(service, entry.key, marks, report)
  }
  // Marks come right behind their entry.
  for await (const listed of service.journal.list(`${place}/`)) {
    service.signal.throwIfAborted()
    const mark = readMark(listed.key)
    if (mark && mark.entryPath === entry?.key) {
      marks.push(listed)
      continue
    }
    await finishOne()
    entry = mark ? undefined : listed
    marks = mark ? [listed] : []
  }
  await finishOne()
  return report
}

async function look(service: Service, path: string, marks: ListedKey[], report: FinishReport): Promise<void> {
  const found = await service.journal.read(path)
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
  // With the entry gone, they say nothing more.
  if (marks.length > 0 && !(await service.journal.exists(path))) await removeMarks(service, marks)
}

async function removeMarks({ journal }: Service, marks: ListedKey[]): Promise<void> {
  for (const { key, etag } of marks) await journal.remove(key, etag)
}
