// That what `onComplete` returns is what they say.
import type { CompleteReply, CreateReply } from '@partway/koa'
import { expect } from 'vitest'
import { sendForm } from '../../../server/native-client.js'
import { AdaApp, mountIn, note } from '../../code/ada-app.js'
import { withBucket } from '../../code/with-bucket.js'

const host = new AdaApp()
export const partway = mountIn(host)

export const check = () =>
  withBucket('media', async () => {
    const created = await host.ask<CreateReply>('/uploads/create', { files: [note] })
    const [grant] = created.body.uploads
    if (!grant || 'code' in grant) throw new Error(`not granted: ${JSON.stringify(grant)}`)
    expect(await sendForm(grant, Buffer.from('12345'))).toBe(204)
    const { body } = await host.ask<CompleteReply>('/uploads/complete', { tickets: [grant.ticket] })
    expect(body.uploads).toMatchObject([{ body: { documentId: 'document of 5 bytes' } }])
  })
