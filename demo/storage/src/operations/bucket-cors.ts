// PutBucketCors, GetBucketCors, DeleteBucketCors.

import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, type S3Request, type S3Response } from '../s3-request.js'
import type { CorsRule } from '../state/records.js'
import { XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'

const maxRules = 100
const methods = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']

export async function putBucketCors(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  const document = XmlReader.parse(await receiveText(request), 'CORSConfiguration')
  const corsRules = document.children('CORSRule').map(readRule)
  if (corsRules.length === 0 || corsRules.length > maxRules) throw new S3Error('MalformedXML')
  await bucket.change('', () => bucket.saveRecord({ ...bucket.record, corsRules }))
  return { status: 200, headers: {} }
}

export async function getBucketCors(request: S3Request): Promise<S3Response> {
  const { record } = bucketOf(request)
  if (!record.corsRules) throw new S3Error('NoSuchCORSConfiguration', undefined, { BucketName: record.name })
  return xmlResponse('CORSConfiguration', {
    CORSRule: record.corsRules.map((rule) => ({
      ID: rule.id,
      AllowedOrigin: rule.allowedOrigins,
      AllowedMethod: rule.allowedMethods,
      AllowedHeader: rule.allowedHeaders,
      ExposeHeader: rule.exposeHeaders,
      MaxAgeSeconds: rule.maxAgeSeconds,
    })),
  })
}

export async function deleteBucketCors(request: S3Request): Promise<S3Response> {
  const bucket = bucketOf(request)
  await bucket.change('', () => {
    const { corsRules: _, ...record } = bucket.record
    return bucket.saveRecord(record)
  })
  return { status: 204, headers: {} }
}

function readRule(rule: XmlReader): CorsRule {
  const id = rule.text('ID')
  const maxAge = rule.text('MaxAgeSeconds')?.trim()
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) throw new S3Error('MalformedXML')
  const allowedMethods = rule.texts('AllowedMethod')
  const unknown = allowedMethods.find((method) => !methods.includes(method))
  if (unknown !== undefined) {
    throw new S3Error(
      'InvalidRequest',
      `Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`,
    )
  }
  const exposeHeaders = rule.texts('ExposeHeader')
  const wild = exposeHeaders.find((name) => name.includes('*'))
  if (wild !== undefined) {
    throw new S3Error(
      'InvalidRequest',
      `ExposeHeader "${wild}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    )
  }
  if (!exposeHeaders.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))) throw new S3Error('MalformedXML')
  const allowedOrigins = readPatterns(rule, 'AllowedOrigin')
  if (allowedOrigins.length === 0 || allowedMethods.length === 0) throw new S3Error('MalformedXML')
  return {
    ...(id !== undefined && { id }),
    allowedOrigins,
    allowedMethods,
    allowedHeaders: readPatterns(rule, 'AllowedHeader'),
    exposeHeaders,
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  }
}

function readPatterns(rule: XmlReader, name: string): string[] {
  const patterns = rule.texts(name)
  const wild = patterns.find((pattern) => pattern.split('*').length > 2)
  if (wild !== undefined) {
    throw new S3Error('InvalidRequest', `${name} "${wild}" can not have more than one wildcard.`)
  }
  return patterns
}
