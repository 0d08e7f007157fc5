// Plays one row with one contender, from an empty bucket to what came of it.
import type { Browser } from 'playwright-core'
import type { BuiltPage } from '../support/build-page.js'
import { createFileFolder } from '../support/files.js'
import type { Contender } from './contenders.js'
import { examine, type Outcome, untilCancelled, untilOver } from './outcome.js'
import type { Row, Stage } from './rows.js'
import { Run } from './run.js'
import { openStore } from './store-under-fault.js'

const MiB = 1024 ** 2

export interface Theatre {
  browser: Browser
  page: BuiltPage
  /** Longest wait for an end, once the fault is over. */
  deadlineMs: number
}

export async function play(row: Row, contender: Contender, theatre: Theatre): Promise<Outcome> {
  const store = await openStore()
  const folder = await createFileFolder()
  const run = await Run.open({ ...theatre, contender, store }, row.server)
  try {
    const sizes = row.sizes ?? [40]
    const files = await Promise.all(
      sizes.map((size, index) => folder.create(`film ${index + 1}.txt`, size * MiB)),
    )
    await row.prepare?.(run)
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    const stage: Stage = { run, files, bytes, page: await run.openPage() }
    const startedAt = performance.now()
    await row.act(stage)
    let events = row.ours === 'finished' ? undefined : await untilOver(stage.page, theatre.deadlineMs)
    let retried = false
    if (events?.some(({ name }) => name === 'upload-error')) {
      retried = true
      await stage.page.evaluate(() => {
        window.seen.length = 0
        void window.uppy.retryAll()
      })
      const before = events
      events = [
        ...before.filter(({ name }) => name !== 'complete'),
        ...(await untilOver(stage.page, theatre.deadlineMs)),
      ]
    }
    if (row.ours === 'cancelled') await untilCancelled(run, theatre.deadlineMs)
    const resentParts = stage.countResent?.() ?? 0
    return await examine(run, files, events, { startedAt, retried, resentParts })
  } finally {
    await run.close()
    await store.close()
    await folder.remove()
  }
}
