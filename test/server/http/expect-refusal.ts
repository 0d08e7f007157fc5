// What every refusal of bad input looks like.
import type { ErrorBody } from '@partway/koa'
import { expect } from 'vitest'
import type { Answer } from '../serve.js'

export function expectRefusal(answer: Answer<ErrorBody>, field: string | undefined) {
  expect(answer.body).toMatchObject({
    code: 'invalid_request',
    status: 400,
    error: expect.stringMatching(/\.$/),
  })
  expect(answer.status).toBe(400)
  expect(answer.body.field).toBe(field)
  if (field) expect(answer.body.error).toContain(field)
  expect(answer.body.error.length).toBeLessThan(400)
  expect(answer.headers.get('cache-control')).toBe('no-store')
}
