// Boots a one-node Ceph of its own for a test run, on free ports and in a temporary folder.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.js'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'one-node-ceph.sh')

interface Keys {
  accessKeyId: string
  secretAccessKey: string
}

/** The keys at the top are those of the user who owns the buckets. */
export interface CephAccess extends Keys {
  endpoint: string
  /** Path of `ceph.conf`, by which `radosgw-admin` finds it. */
  configuration: string
  /** ARN of the user who owns the buckets, for policies. */
  principal: string
  /** A user without buckets, whose only rights are those that bucket policies give to `principal`. */
  limited: Keys & { principal: string }
  /**
   * A user who may only assume the role. `limited` is not the one: whatever a bucket policy allows the user who assumed
   * the role, Ceph allows the session too, past its session policy.
   */
  issuer: Keys & { principal: string; roleArn: string }
}

export interface Ceph {
  access: CephAccess
  /** Frees the memory of objects that were deleted; Ceph itself does it hours later. */
  collectGarbage(): Promise<void>
  stop(): Promise<void>
}

export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-ceph-'))
  const [gatewayPort, monitorPort] = [await freePort(), await freePort()]
  const [owner, limited, issuer] = [keysOf('test'), keysOf('limited'), keysOf('issuer')]
  const env = {
    ...process.env,
    DIR: folder,
    RGW_PORT: String(gatewayPort),
    MON_PORT: String(monitorPort),
    S3_ACCESS_KEY_ID: owner.accessKeyId,
    S3_SECRET_ACCESS_KEY: owner.secretAccessKey,
    LIMITED_ACCESS_KEY_ID: limited.accessKeyId,
    LIMITED_SECRET_ACCESS_KEY: limited.secretAccessKey,
    ISSUER_ACCESS_KEY_ID: issuer.accessKeyId,
    ISSUER_SECRET_ACCESS_KEY: issuer.secretAccessKey,
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
  const access: CephAccess = {
    ...owner,
    endpoint: `http://127.0.0.1:${gatewayPort}`,
    configuration: join(folder, 'ceph.conf'),
    principal: 'arn:aws:iam:::user/test',
    limited: { ...limited, principal: 'arn:aws:iam:::user/limited' },
    issuer: { ...issuer, principal: 'arn:aws:iam:::user/issuer', roleArn: 'arn:aws:iam:::role/uploads' },
  }
  const collectGarbage = async () => {
    await run(script, ['collect'], { env })
  }
  return { access, collectGarbage, stop }
}

const keysOf = (user: string): Keys => ({ accessKeyId: user, secretAccessKey: `${user}-secret` })
