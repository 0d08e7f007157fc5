// A line on which six parts at a time would take minutes.
import { expect, it } from 'vitest'
import { pass } from '../world.js'
import { usePage } from './uppy-page.js'

const page = usePage()
const MIB = 1024 ** 2

it('parts that the line has no room for go back, wait for their turn, and nobody calls it a failure', async () => {
  const { world } = page
  world.partSize = MIB / 4
  world.onTransfer = () => 'hold'
  const id = page.add('large', 'x'.repeat(8 * MIB))
  const notices: string[] = []
  page.uppy.on('info-visible', () =>
    notices.push(...page.uppy.getState().info.map(({ message }) => String(message))),
  )
  void page.uppy.upload()
  await pass(200)
  expect(world.active).toHaveLength(6)
  for (let sent = 10; sent <= 80; sent += 10) {
    for (const request of world.active) request.progress(sent)
    await pass(500)
  }
  expect(world.active).toHaveLength(1)
  expect(page.file(id).progress.bytesUploaded).toBe(80)

  world.onTransfer = () => undefined
  for (const request of world.active) world.receive(request)
  await pass(5000)
  expect(page.events).toEqual(['start large', 'success large'])
  expect(notices).toEqual([])
  expect(world.content(world.upload())).toHaveLength(8 * MIB)

  // By then the line has been fast for a while.
  world.onTransfer = () => 'hold'
  page.add('other', 'y'.repeat(8 * MIB))
  void page.uppy.upload()
  await pass(200)
  expect(world.active).toHaveLength(6)
})
