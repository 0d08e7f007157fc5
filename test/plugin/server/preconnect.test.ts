// The connection for `/complete` is there when the last part is: the one of `/create` may be closed by then.
import { beforeEach, expect, it, vi } from 'vitest'
import { large, useLargeFile } from '../large-file.js'

const { world, openPage, add, uploadIn } = useLargeFile()
/** Where the page connected to, and how many parts S3 had then. */
const connected: { href: string; crossOrigin?: string; stored: number }[] = []

beforeEach(() => {
  connected.length = 0
  vi.stubGlobal('location', { href: 'https://app.test/page' })
  world.current.document.head.append = ({ href, crossOrigin }) => {
    const { size: stored } = world.current.upload().parts
    connected.push({ href, ...(crossOrigin && { crossOrigin }), stored })
  }
})

it.each([
  { what: 'with the first part of the last round', limit: 2, content: large, stored: 5 },
  {
    what: 'with the first part, if there is one round only',
    limit: 6,
    content: large.slice(0, 15),
    stored: 1,
  },
])('it is opened once, $what', async ({ limit, content, stored }) => {
  const page = openPage({ limit })
  add(page, content)
  // No two arrive at once.
  world.current.onTransfer = () => {
    world.current.transferMs += 10
    return undefined
  }
  expect((await uploadIn(page, 5000))?.successful).toHaveLength(1)
  expect(connected).toEqual([{ href: '/uploads', stored }])
})

it.each([
  { endpoint: 'https://api.test/uploads', credentials: 'same-origin', crossOrigin: 'anonymous' },
  { endpoint: 'https://api.test/uploads', credentials: 'include', crossOrigin: undefined },
  { endpoint: '/uploads', credentials: 'omit', crossOrigin: 'anonymous' },
] as const)('calls with and without cookies have their own: $credentials', async (options) => {
  const { endpoint, credentials, crossOrigin } = options
  const page = openPage({ endpoint, credentials })
  add(page)
  expect((await uploadIn(page))?.successful).toHaveLength(1)
  expect(connected.map((link) => [link.href, link.crossOrigin])).toEqual([[endpoint, crossOrigin]])
})
