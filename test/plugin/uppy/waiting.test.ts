// A file that does not move says why, in its state.
import { beforeEach, describe, expect, it } from 'vitest'
import type { WaitingFile } from '../../../plugin/src/index.js'
import { errorReply, pass, setOnline } from '../world.js'
import { large, usePage } from './uppy-page.js'

const page = usePage()
const waiting = (id: string) => (page.file(id) as WaitingFile).waiting
const NETWORK = 'The upload goes on by itself when the network is back.'

describe('the state of a file', () => {
  it('says that there is no network, until bytes move again', async () => {
    const [first, second] = [page.add('first', large), page.add('second', large)]
    setOnline(false)
    void page.uppy.upload()
    await pass(2000)
    expect([waiting(first), waiting(second)]).toEqual([NETWORK, NETWORK])
    setOnline(true)
    await pass(300)
    expect(page.file(first).progress.bytesUploaded).toBeGreaterThan(0)
    expect(waiting(first)).toBeUndefined()
    await pass(5000)
    expect([waiting(first), waiting(second)]).toEqual([undefined, undefined])
    expect(page.events.slice(-2)).toEqual(['success first', 'success second'])
  })

  it('says when the next try is', async () => {
    const id = page.add('large', large)
    page.world.onTransfer = () => ({ status: 503, headers: 'Retry-After: 8\r\n' })
    void page.uppy.upload()
    await pass(1000)
    expect(waiting(id)).toBe('The upload is interrupted. Next try in 8 s.')
    page.world.onTransfer = () => undefined
    await pass(30_000)
    expect(waiting(id)).toBeUndefined()
  })

  it('says nothing while it is paused, has failed or is done', async () => {
    const [paused, failed, other] = ['paused', 'failed', 'other'].map((name) => page.add(name, large)) as [
      string,
      string,
      string,
    ]
    page.uppy.getPlugin('Partway')?.setOptions({ retry: { giveUpAfterMs: 20_000 } })
    setOnline(false)
    void page.uppy.upload()
    await pass(2000)
    page.uppy.pauseResume(paused)
    expect([waiting(paused), waiting(failed)]).toEqual([undefined, NETWORK])
    setOnline(true)
    page.world.onTransfer = () => ({ status: 503 })
    await pass(90_000)
    expect(page.file(failed).error).toBeTruthy()
    expect([failed, other].map(waiting)).toEqual([undefined, undefined])
  })
})

describe('the user is not told that an upload goes on by itself', () => {
  const told: string[] = []
  beforeEach(() => {
    told.length = 0
    page.uppy.on('info-visible', () =>
      told.push(...page.uppy.getState().info.map(({ message }) => String(message))),
    )
  })

  it.each(['cancels', 'pauses'])('who %s it without a network', async (doing) => {
    page.add('large', large)
    page.world.onTransfer = () => 'hold'
    void page.uppy.upload()
    await pass(500)
    if (doing === 'pauses') page.uppy.pauseAll()
    else page.uppy.cancelAll()
    setOnline(false)
    await pass(60_000)
    expect(told).toEqual([])
    if (doing === 'cancels') expect(page.world.routes('abort').length).toBeGreaterThan(1)
  })

  it('who cancels it while the network that begins it is lost', async () => {
    page.add('small', 'abc')
    page.world.onCall = ({ route }) => (route === 'create' ? new Promise(() => {}) : undefined)
    void page.uppy.upload()
    await pass(500)
    page.uppy.cancelAll()
    setOnline(false)
    await pass(120_000)
    expect(told).toEqual([])
  })

  it('whose cancelled upload the server is too busy to abort', async () => {
    page.add('large', large)
    page.world.onTransfer = () => 'hold'
    page.world.onCall = ({ route }) =>
      route === 'abort' ? errorReply(503, 's3_busy', 'Busy.', { 'retry-after': '8' }) : undefined
    void page.uppy.upload()
    await pass(500)
    page.uppy.cancelAll()
    await pass(60_000)
    expect(told).toEqual([])
    expect(page.world.routes('abort').length).toBeGreaterThan(1)
  })
})

it('a part whose reply was lost is not sent again', async () => {
  let lost = false
  page.world.onTransfer = ({ partNumber }) => {
    if (partNumber !== 3 || lost) return undefined
    lost = true
    return 'lose'
  }
  page.add('large', large)
  void page.uppy.upload()
  await pass(10_000)
  expect(page.events).toEqual(['start large', 'success large'])
  const sent = page.world.requests.map(({ partNumber }) => partNumber)
  expect(sent.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
})
