// PutBucketLifecycleConfiguration, GetBucketLifecycleConfiguration, DeleteBucketLifecycle.
import { randomUUID } from 'node:crypto'
import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { LifecycleRule } from '../state/records.js'
import { XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'

const maxRules = 1000
const known = ['ID', 'Status', 'Prefix', 'Filter', 'AbortIncompleteMultipartUpload', 'Expiration']

export async function putBucketLifecycle(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const document = XmlReader.parse(await receiveText(request), 'LifecycleConfiguration')
  const lifecycleRules = document.children('Rule').map(readRule)
  const ids = new Set(lifecycleRules.map(({ id }) => id))
  if (lifecycleRules.length === 0 || lifecycleRules.length > maxRules) throw new S3Error('MalformedXML')
  if (ids.size < lifecycleRules.length) {
    throw new S3Error('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule')
  }
  await bucket.change('', () => bucket.saveRecord({ ...bucket.record, lifecycleRules }))
  return { status: 200, headers: {} }
}

export async function getBucketLifecycle(request: S3Request): Promise<S3Response> {
  const { record } = bucketOf(request)
  if (!record.lifecycleRules) {
    throw new S3Error('NoSuchLifecycleConfiguration', undefined, { BucketName: record.name })
  }
  return xmlResponse('LifecycleConfiguration', {
    Rule: record.lifecycleRules.map(({ id, isEnabled, prefix, daysAfterInitiation, expirationDays }) => ({
      ID: id,
      Filter: { Prefix: prefix },
      Status: isEnabled ? 'Enabled' : 'Disabled',
      AbortIncompleteMultipartUpload: daysAfterInitiation && { DaysAfterInitiation: daysAfterInitiation },
      Expiration: expirationDays && { Days: expirationDays },
    })),
  })
}

export async function deleteBucketLifecycle(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  await bucket.change('', () => {
    const { lifecycleRules: _, ...record } = bucket.record
    return bucket.saveRecord(record)
  })
  return { status: 204, headers: {} }
}

/** @throws S3Error NotImplemented for actions and filters that this store would not carry out */
function readRule(rule: XmlReader): LifecycleRule {
  const [filter] = rule.children('Filter')
  const unsupported = [
    ...rule.names().filter((name) => !known.includes(name)),
    ...(filter?.names() ?? []).filter((name) => name !== 'Prefix'),
    ...rule.children('Expiration').flatMap((action) => action.names().filter((name) => name !== 'Days')),
  ]
  if (unsupported.length > 0) {
    throw new S3Error('NotImplemented', `Lifecycle rules with ${unsupported.join(', ')} are not implemented`)
  }
  const daysAfterInitiation = readDays(rule, 'AbortIncompleteMultipartUpload', 'DaysAfterInitiation')
  const expirationDays = readDays(rule, 'Expiration', 'Days')
  const hasAction = daysAfterInitiation !== undefined || expirationDays !== undefined
  const status = rule.text('Status')?.trim()
  if (!hasAction || (status !== 'Enabled' && status !== 'Disabled')) throw new S3Error('MalformedXML')
  return {
    id: rule.text('ID') ?? randomUUID(),
    isEnabled: status === 'Enabled',
    prefix: filter?.text('Prefix') ?? rule.text('Prefix') ?? '',
    ...(daysAfterInitiation !== undefined && { daysAfterInitiation }),
    ...(expirationDays !== undefined && { expirationDays }),
  }
}

/** `undefined` for a rule without the action. */
function readDays(rule: XmlReader, name: string, field: string): number | undefined {
  const [action] = rule.children(name)
  if (!action) return undefined
  const days = action.text(field)?.trim() ?? ''
  if (!/^[1-9]\d{0,8}$/.test(days)) {
    throw new S3Error('InvalidArgument', `'${field}' for ${name} action must be a positive integer`)
  }
  return Number(days)
}
