// What the store does with a body that ends before it is read.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { storeBody } from '../../demo/storage/src/bodies/receive-body.js'
import { DataFiles } from '../../demo/storage/src/state/data-files.js'

test('a client that goes at once fails its own request, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partway-data-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const body = new PassThrough()
  const stored = storeBody(body, [], { maxSize: 10 }, new DataFiles(folder))
  body.destroy(new Error('aborted'))
  await expect(stored).rejects.toThrow('aborted')
  expect(await readdir(folder)).toEqual([])
})
