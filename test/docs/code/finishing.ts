// A mount that gets no requests, on a store of its own: it only finishes what others have begun.
import { type FinishReport, partway as make, type PartwayMiddleware, type PartwayOptions } from '@partway/koa'
import { expect } from 'vitest'
import { secrets, testOptions } from '../../server/serve.js'
import { createBucket, openS3 } from '../../support/s3-under-test.js'

export async function prepareFinishing() {
  const s3 = await openS3()
  const options = testOptions(s3, await createBucket(s3.client))
  const reports: Promise<FinishReport>[] = []
  const partway = (more: PartwayOptions): PartwayMiddleware => {
    const uploads = make(more)
    const { finish } = uploads
    return Object.assign(uploads, {
      finish: (how?: Parameters<typeof finish>[0]) => {
        const report = finish(how)
        reports.push(report)
        return report
      },
    })
  }
  const check = async (): Promise<void> => {
    const nothing = { looked: 0, completed: 0, delivered: 0, aborted: 0, returned: 0 }
    for (const report of reports) expect(await report).toEqual(nothing)
    expect(reports).toHaveLength(1)
    await s3.close()
  }
  return { options, partway, secrets, check }
}
