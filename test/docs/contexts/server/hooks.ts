// A database of videos and a log: the hooks write to them, and what they return reaches the page.
import type { CompleteReply, CreateReply } from '@partway/koa'
import { expect } from 'vitest'
import { sendForm } from '../../../server/native-client.js'
import { AdaApp, mountIn, note } from '../../code/ada-app.js'
import { withBucket } from '../../code/with-bucket.js'

const host = new AdaApp()
export const partway = mountIn(host)

const rows: object[] = []
export const videos = {
  async upsert(row: { uploadId: string; owner: string; key: string; size: number; etag: string }) {
    rows.push(row)
    return { id: `video of ${row.owner}` }
  },
}

const logged: object[] = []
export const log = { warn: (entry: object) => void logged.push(entry) }

export const check = () =>
  withBucket('media', async () => {
    const created = await host.ask<CreateReply>('/uploads/create', { files: [note] })
    const [grant] = created.body.uploads
    if (!grant || 'code' in grant) throw new Error(`not granted: ${JSON.stringify(grant)}`)
    expect(await sendForm(grant, Buffer.from('12345'))).toBe(204)
    const { body } = await host.ask<CompleteReply>('/uploads/complete', { tickets: [grant.ticket, 'wrong'] })
    expect(body.uploads).toMatchObject([
      { size: 5, body: { videoId: 'video of ada' } },
      { code: 'ticket_invalid' },
    ])
    expect(rows).toMatchObject([{ owner: 'ada', key: grant.key, size: 5 }])
    expect(logged).toMatchObject([{ error: { code: 'ticket_invalid' }, requestId: expect.any(String) }])
  })
