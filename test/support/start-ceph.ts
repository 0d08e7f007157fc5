// Boots a one-node Ceph of its own for a test run, on free ports and in a temporary folder.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.js'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'one-node-ceph.sh')

export interface Ceph {
  endpoint: string
  accessKeyId: string
  secretAccessKey: string
  stop(): Promise<void>
}

export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-ceph-'))
  const [gatewayPort, monitorPort] = [await freePort(), await freePort()]
  const accessKeyId = 'test'
  const secretAccessKey = 'test-secret'
  const env = {
    ...process.env,
    DIR: folder,
    RGW_PORT: String(gatewayPort),
    MON_PORT: String(monitorPort),
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const stop = async () => {
    await run(script, ['down'], { env })
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await run(script, ['up'], { env })
  } catch (error) {
    await stop()
    throw new Error('Ceph did not start. Its Debian packages: test/support/one-node-ceph.sh install', {
      cause: error,
    })
  }
  return { endpoint: `http://127.0.0.1:${gatewayPort}`, accessKeyId, secretAccessKey, stop }
}
