// A picture that is text: it is sent as a page sends it, and refused when it is complete.
import type { CompleteReply, CreateReply } from '@partway/koa'
import { expect } from 'vitest'
import { multipart, sendAll } from '../../../server/native-client.js'
import { AdaApp, mountIn } from '../../code/ada-app.js'
import { withBucket } from '../../code/with-bucket.js'

const host = new AdaApp()
export const partway = mountIn(host)

export const check = () =>
  withBucket('media', async () => {
    const files = [{ name: 'photo.png', type: 'image/png', size: 5 }]
    const created = await host.ask<CreateReply>('/uploads/create', { files })
    const grant = multipart(created.body.uploads.find((upload) => 'ticket' in upload))
    await sendAll(Buffer.from('12345'), grant)
    const { body } = await host.ask<CompleteReply>('/uploads/complete', { tickets: [grant.ticket] })
    expect(body.uploads).toMatchObject([{ code: 'content_mismatch', deleted: true }])
  })
