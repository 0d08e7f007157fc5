// Which requests a fault is applied to, and how often; faults by lot.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Action, answer, randomFaults, survivable } from './index.js'
import { type ProxiedTarget, send, startProxiedTarget } from './proxied-target.js'

const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'PUT' } }
let target: ProxiedTarget

beforeEach(async () => {
  target = await startProxiedTarget()
})
afterEach(() => target.close())

const statusOf = async (...args: Parameters<typeof send>) => (await send(...args)).status

test('without a match a fault is for requests of pages, not for preflights or servers', async () => {
  const { proxy } = target
  proxy.add({ action: answer(500) })

  expect(await statusOf(proxy.origin)).toBe(500)
  expect(await statusOf(proxy.origin, preflight)).toBe(200)
  expect((await fetch(proxy.origin)).status).toBe(200)
  expect(proxy.requests).toMatchObject([
    { fromPage: true, preflight: false },
    { fromPage: true, preflight: true },
    { fromPage: false, preflight: false },
  ])
})

test('the first fault that matches and has times left is applied', async () => {
  const { proxy } = target
  proxy.add({ action: answer(501), match: ({ path }) => path === '/a', times: 1 })
  proxy.add({ action: answer(502), times: 2 })
  const remove = proxy.add({ action: answer(503) })

  expect(await statusOf(`${proxy.origin}/b`)).toBe(502)
  expect(await statusOf(`${proxy.origin}/a?x`)).toBe(501)
  expect(await statusOf(`${proxy.origin}/a`)).toBe(502)
  expect(await statusOf(`${proxy.origin}/a`)).toBe(503)
  remove()
  expect(await statusOf(`${proxy.origin}/a`)).toBe(200)
  proxy.add({ action: answer(504) })
  proxy.clear()
  expect(await statusOf(`${proxy.origin}/a`)).toBe(200)
})

test('random faults: the same seed makes the same choices, another seed others', async () => {
  const { proxy } = target
  const actions: Action[] = [answer(501), answer(502), answer(503)]
  const statusesWith = async (seed: number) => {
    const remove = proxy.add(randomFaults(seed, 0.5, actions))
    const statuses: unknown[] = []
    for (let i = 0; i < 60; i++) statuses.push(await statusOf(proxy.origin))
    remove()
    return statuses
  }

  const statuses = await statusesWith(7)

  expect(await statusesWith(7)).toEqual(statuses)
  expect(await statusesWith(8)).not.toEqual(statuses)
  expect(new Set(statuses)).toEqual(new Set([200, 501, 502, 503]))
  expect(statuses.filter((status) => status !== 200).length).toBeGreaterThan(15)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(15)
})

test('random faults: a client that tries again gets over each of them', async () => {
  const { proxy } = target
  for (const action of survivable) {
    proxy.add({ action, times: 1 })
    await statusOf(proxy.origin, { body: Buffer.alloc(200_000) }).catch(() => {})
    expect(proxy.requests.at(-1)?.fault).toBe(action.name)
    expect(await statusOf(proxy.origin)).toBe(200)
  }
})
