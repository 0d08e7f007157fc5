// A queue that knows each job by its id, as BullMQ's does. The hook runs twice, and there is one job.
import type { CompleteReply, CreateReply, PartwayOptions } from '@partway/koa'
import { expect } from 'vitest'
import { sendForm } from '../../../server/native-client.js'
import { AdaApp, mountIn, note } from '../../code/ada-app.js'
import { withBucket } from '../../code/with-bucket.js'

const host = new AdaApp()
export const partway = mountIn(host)
export const options: PartwayOptions = { bucket: 'media', owner: () => 'ada' }

const jobs = new Map<string, object>()
export const queue = {
  async add(_name: string, data: object, { jobId }: { jobId: string }): Promise<void> {
    if (!jobs.has(jobId)) jobs.set(jobId, data)
  },
}

export const check = () =>
  withBucket('media', async () => {
    jobs.clear()
    const created = await host.ask<CreateReply>('/uploads/create', { files: [note] })
    const [grant] = created.body.uploads
    if (!grant || 'code' in grant) throw new Error(`not granted: ${JSON.stringify(grant)}`)
    expect(await sendForm(grant, Buffer.from('12345'))).toBe(204)
    for (let times = 1; times <= 2; times++) {
      const { body } = await host.ask<CompleteReply>('/uploads/complete', { tickets: [grant.ticket] })
      expect(body.uploads).toMatchObject([{ body: { state: expect.stringMatching(/ing$/) } }])
    }
    const [[id, job] = [], ...others] = jobs
    expect(others).toEqual([])
    expect(job).toMatchObject({ id, bucket: 'media', key: grant.key, size: 5, etag: expect.any(String) })
  })
