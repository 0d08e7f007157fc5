// What a host app sees of the middleware, on Koa 2.16: the tests beside this one, run once more.
import Koa from 'koa'
import Koa2 from 'koa-2'
import { describe, expect, test, vi } from 'vitest'

vi.mock('koa', () => import('koa-2'))

test('they run on it', () => {
  expect(Koa).toBe(Koa2)
})

describe.each([
  './mounting.test.ts',
  './hooks.test.ts',
  './host-mistakes.test.ts',
  './observability.test.ts',
  './shutdown.test.ts',
  './http/bad-input.test.ts',
  './http/cross-origin.test.ts',
  './http/health.test.ts',
])('%s', async (file) => {
  await import(file)
})
