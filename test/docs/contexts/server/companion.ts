// An app in which the middleware takes Companion's place: it answers what `@uppy/aws-s3` asks.
import { expect } from 'vitest'
import { AdaApp } from '../../code/ada-app.js'

const host = new AdaApp()
export const app = host

export async function check(): Promise<void> {
  const { body } = await host.ask('/companion/s3/params?filename=a.txt&type=text/plain')
  expect(body).toMatchObject({ method: 'POST', fields: { key: expect.stringMatching(/^ada\//) } })
}
