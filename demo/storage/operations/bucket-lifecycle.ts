// PutBucketLifecycleConfiguration, GetBucketLifecycleConfiguration, DeleteBucketLifecycle.
import { randomUUID } from 'node:crypto'
import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { LifecycleRule } from '../state/records.js'
import { XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'

const maxRules = 1000
const known = ['ID', 'Status', 'Prefix', 'Filter', 'AbortIncompleteMultipartUpload']

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
    Rule: record.lifecycleRules.map(({ id, isEnabled, prefix, daysAfterInitiation }) => ({
      ID: id,
      Filter: { Prefix: prefix },
      Status: isEnabled ? 'Enabled' : 'Disabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: daysAfterInitiation },
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
  ]
  if (unsupported.length > 0) {
    throw new S3Error('NotImplemented', `Lifecycle rules with ${unsupported.join(', ')} are not implemented`)
  }
  const [action] = rule.children('AbortIncompleteMultipartUpload')
  const days = action?.text('DaysAfterInitiation')?.trim() ?? ''
  const status = rule.text('Status')?.trim()
  if (!action || (status !== 'Enabled' && status !== 'Disabled')) throw new S3Error('MalformedXML')
  if (!/^[1-9]\d{0,8}$/.test(days)) {
    throw new S3Error(
      'InvalidArgument',
      "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
    )
  }
  return {
    id: rule.text('ID') ?? randomUUID(),
    isEnabled: status === 'Enabled',
    prefix: filter?.text('Prefix') ?? rule.text('Prefix') ?? '',
    daysAfterInitiation: Number(days),
  }
}
