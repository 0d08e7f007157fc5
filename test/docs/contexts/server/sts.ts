// An AWS STS in place of AWS's own, which a role is asked for: what it gives reaches the page.
import { text } from 'node:stream/consumers'
import type { PartwayOptions } from '@partway/koa'
import { expect } from 'vitest'
import { serve } from '../../../server/serve.js'
import { AdaApp, mountIn } from '../../code/ada-app.js'

const asked: string[] = []
const sts = await serve(async (request, response) => {
  asked.push(await text(request))
  const expiration = new Date(Date.now() + 3_600_000).toISOString()
  const keys =
    '<AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken>'
  const credentials = `<Credentials>${keys}<Expiration>${expiration}</Expiration></Credentials>`
  response.end(`<R><AssumeRoleResult>${credentials}</AssumeRoleResult></R>`)
})

const host = new AdaApp()
export const partway = mountIn(host)
const bucket = { bucket: 'media', region: 'eu-west-1', endpoint: sts.origin, forcePathStyle: true }
export const options: PartwayOptions = { ...bucket, owner: () => 'ada' }

export async function check(): Promise<void> {
  const { body } = await host.ask('/uploads/s3/sts')
  expect(body).toMatchObject({ bucket: 'media', keyPrefix: 'ada/', credentials: { accessKeyId: 'a' } })
  const [form = ''] = asked
  expect(new URLSearchParams(form).get('RoleArn')).toBe('arn:aws:iam::123456789012:role/uploads')
  await sts.close()
}
