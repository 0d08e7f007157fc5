// `text` blocks: drawings made of letters. The routes and calls to S3 in them are ones that there are.
import * as s3 from '@aws-sdk/client-s3'
import { partway } from '@partway/koa'
import { expect } from 'vitest'
import { secrets } from '../../server/serve.js'

/** @throws if it names what there is not, or nothing. */
export function checkDrawing(text: string): void {
  const { router } = partway({ bucket: 'media', owner: 'anonymous', secrets, path: '/' }) as unknown as {
    router: { stack: { path: string }[] }
  }
  const paths = router.stack.map(({ path }) => path)
  const named = [...text.matchAll(/\/[a-z]+\b/g)].map(([path]) => path)
  expect(named.filter((path) => !paths.includes(path))).toEqual([])
  const calls = [...text.matchAll(/\b(?:[A-Z][a-z]+){2,}\b/g)].map(([name]) => `${name}Command`)
  expect(calls.filter((name) => !(name in s3))).toEqual([])
  expect(named.length + calls.length).toBeGreaterThan(0)
}
