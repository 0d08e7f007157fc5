import { afterEach, expect, it, vi } from 'vitest'
import { preconnect } from '../../plugin/src/preconnect.js'

afterEach(() => vi.unstubAllGlobals())

it('asks the browser to connect to each origin, as for requests without credentials, and leaves nothing', () => {
  const asked: object[] = []
  const inHead = new Set<object>()
  vi.stubGlobal('document', {
    createElement: () => {
      const link = { remove: () => inHead.delete(link) }
      return link
    },
    head: {
      append(link: { remove(): void }) {
        inHead.add(link)
        const { remove, ...attributes } = link
        asked.push(attributes)
      },
    },
  })
  preconnect(['https://s3.example', 'https://s3.example:8443'])
  const hint = { rel: 'preconnect', crossOrigin: 'anonymous' }
  expect(asked).toEqual([
    { ...hint, href: 'https://s3.example' },
    { ...hint, href: 'https://s3.example:8443' },
  ])
  expect(inHead.size).toBe(0)
})
