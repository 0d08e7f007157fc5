// Checks each action of the README's policy by doing what the middleware does with it.
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { PartwayError } from '../../../errors.js'
import { toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { nameFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, info, ok, skipped } from '../report.js'
import { suggestAction } from '../suggest.js'

interface Permission {
  action: string
  /** What the middleware does with it. */
  use: string
  needs?: readonly string[]
  /** The only option that needs it. */
  option?: string
  /** Throws if the action is refused, or the store does not know it. */
  attempt(probe: Probe): Promise<unknown>
}

/** No upload has this ID. Stores check the permission first. */
const NO_UPLOAD_ID = 'cGFydHdheS1kb2N0b3I'

// Actions that remove traces come first: without them, none are made.
const permissions: Permission[] = [
  {
    action: 's3:DeleteObject',
    use: 'removes an object',
    attempt: ({ s3, traces }) => s3.deleteObject(traces.nothing('missing')),
  },
  {
    action: 's3:AbortMultipartUpload',
    use: 'aborts an upload',
    attempt: ({ s3, traces }) =>
      s3.abortMultipartUpload({ ...traces.nothing('missing'), uploadId: NO_UPLOAD_ID }),
  },
  {
    action: 's3:PutObject',
    use: 'writes an object',
    needs: ['s3:DeleteObject'],
    attempt: (probe) => put(probe, PROBE_OBJECT),
  },
  {
    action: 's3:GetObject',
    use: 'asks for an object by HEAD',
    needs: ['s3:PutObject'],
    attempt: ({ s3, traces }) => s3.headObject(traces.object(PROBE_OBJECT)),
  },
  {
    action: 's3:ListBucket',
    use: 'is told of a missing object that it is missing (404)',
    needs: ['s3:GetObject'],
    attempt: ({ s3, traces }) => s3.headObject(traces.nothing('missing')),
  },
  {
    action: 's3:ListMultipartUploadParts',
    use: 'lists the parts of an upload',
    needs: ['s3:PutObject', 's3:AbortMultipartUpload'],
    attempt: async ({ s3, traces }) => s3.listParts(await traces.upload(s3, 'parts-to-list')),
  },
  {
    action: 's3:PutObjectTagging',
    use: 'writes an object with a tag',
    needs: ['s3:PutObject'],
    option: 'object.tags',
    attempt: (probe) => put(probe, 'tagged', { Tagging: 'partway=doctor' }),
  },
  {
    action: 's3:PutObjectAcl',
    use: 'writes an object with an ACL',
    needs: ['s3:PutObject'],
    option: 'object.acl',
    // The ACL that buckets accept if they enforce the owner's ownership.
    attempt: (probe) => put(probe, 'with-acl', { ACL: 'bucket-owner-full-control' }),
  },
]

/** The object that other checks look at. */
export const PROBE_OBJECT = 'object'
export const PROBE_CONTENT = Buffer.from('A probe object of partway doctor.')

export const permissionChecks: Check[] = permissions.map((permission) => ({
  name: permission.action,
  needs: ['bucket', ...(permission.needs ?? [])],
  run: (probe) => tryPermission(probe, permission),
}))

async function tryPermission(probe: Probe, { action, use, option, attempt }: Permission): Promise<Finding> {
  try {
    await attempt(probe)
    return ok('allowed')
  } catch (error) {
    const known = toPartwayError(error, action)
    if (!(known instanceof PartwayError) || known.code !== 's3_access_denied') {
      if (option === undefined) throw error
      return info(`the store does not take it (${nameFailure(error)}): do without the option \`${option}\``)
    }
    if (option !== undefined) return skipped(`not allowed; only the option \`${option}\` needs it`)
    return failed(
      `the middleware ${use}: refused (${nameFailure(error)})`,
      await suggestAction(probe, action),
    )
  }
}

async function put({ client, traces, timeLimit }: Probe, name: string, more: object = {}): Promise<void> {
  const { bucket, key } = traces.object(name)
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: PROBE_CONTENT, ...more })
  await client.send(command, { abortSignal: timeLimit() })
}
