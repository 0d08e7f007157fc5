// The embedded store's command line in the docs: started as it is, with another folder and port.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { startProcess } from '../../support/start-process.js'
import { repository } from '../blocks/read-blocks.js'

/** @param flags of the command */
export async function runStore(flags: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-store-'))
  const args = flags.replace('./data', join(folder, 'data')).replace('9000', '0').split(' ')
  const { PATH } = process.env
  const store = startProcess('node', ['demo/storage/dist/main.js', ...args], {
    cwd: repository,
    env: { PATH },
  })
  try {
    const [, endpoint = ''] = await store.untilPrinted(/AWS_ENDPOINT_URL_S3=(\S+)/)
    expect((await fetch(endpoint)).status).toBe(403)
  } finally {
    await store.end()
    await rm(folder, { recursive: true, force: true })
  }
}
