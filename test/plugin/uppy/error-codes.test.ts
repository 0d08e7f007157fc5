// Every error that a user sees says what happened and what to do, and has a code for programs.
import { describe, expect, it } from 'vitest'
import { PartwayError } from '../../../plugin/src/index.js'
import { defaultLocale, notices } from '../../../plugin/src/locale.js'
import type { PluginSettings } from '../../../plugin/src/uppy/options.js'
import { errorReply, pass } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
const xml = (code: string) => `<Error><Code>${code}</Code></Error>`

const failures: [code: string, arrange: () => void][] = [
  ['refused', () => (page.world.onCall = () => errorReply(403, 'refused', 'Not you.'))],
  ['server_unavailable', () => (page.world.onCall = () => new Response('', { status: 502 }))],
  ['unexpected_reply', () => (page.world.onCall = () => new Response('<html>', { status: 404 }))],
  ['unexpected_reply', () => (page.world.onCall = () => Response.json({ uploads: [] }))],
  ['network_error', () => (page.world.onTransfer = () => ({ status: 0 }))],
  ['upload_stalled', () => (page.world.onTransfer = () => 'hold')],
  ['storage_unavailable', () => (page.world.onTransfer = () => ({ status: 503 }))],
  ['storage_refused', () => (page.world.onTransfer = () => ({ status: 403, body: xml('AccessDenied') }))],
  ['storage_refused', () => (page.world.onTransfer = () => ({ status: 400, body: xml('EntityTooLarge') }))],
]

describe.each([
  ['small', 'abc'],
  ['large', large],
])('a %s file', (_, content) => {
  it.each(failures)(
    'fails with %s',
    async (code, arrange) => {
      arrange()
      const id = page.add('film', content)
      void page.uppy.upload()
      await pass(900_000)
      expect(page.errors.map((error) => error.code)).toEqual([code])
      const [error] = page.errors
      expect(error).toBeInstanceOf(PartwayError)
      // Every value is filled in.
      expect(error?.message).not.toContain('%{')
      expect(page.file(id).error).toBe(error?.message)
    },
    60_000,
  )

  it.each([
    ['an error', new RangeError('no token'), 'no token'],
    ['a string', 'no token', 'no token'],
  ])('fails with unexpected_error if the page’s `headers` throw %s', async (_, thrown, reason) => {
    page.uppy.getPlugin('Partway')?.setOptions({ headers: () => Promise.reject(thrown) })
    page.add('film', content)
    void page.uppy.upload()
    await pass(1000)
    expect(page.errors).toMatchObject([{ code: 'unexpected_error', cause: thrown, isNetworkError: false }])
    expect(page.errors[0]?.message).toBe(
      `The upload failed unexpectedly (${reason}). Try again. If that does not help, tell the site’s support.`,
    )
  })
})

describe('sentences', () => {
  const { strings } = defaultLocale

  it.each(Object.entries(strings))('%s', (key, text) => {
    // Whole sentences; a name in quotes may come first.
    expect(text).toMatch(/^[A-Z“].*\.$/)
    // An error also says what to do.
    if (!(key in notices)) expect(text).toMatch(/\b(try|tell|add|reload|pick|sign in) \b/i)
  })

  it('say the same in the page’s language, whenever it changes', async () => {
    page.world.onTransfer = () => ({ status: 400, body: xml('EntityTooLarge') })
    page.add('film', 'abc')
    const language: PluginSettings['locale'] = { strings: { storage_refused: 'Nein: %{reason}.' } }
    page.uppy.setOptions({ locale: language as never })
    void page.uppy.upload()
    await pass(1000)
    expect(page.errors).toMatchObject([{ code: 'storage_refused', message: 'Nein: EntityTooLarge.' }])
    page.uppy.getPlugin('Partway')?.setOptions({ locale: { strings: { storage_refused: 'Non.' } } })
    void page.uppy.retryAll()
    await pass(1000)
    expect(page.errors.at(-1)).toMatchObject({ code: 'storage_refused', message: 'Non.' })
  })
})
