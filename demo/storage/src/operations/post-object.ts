// POST Object: a form upload under a signed policy.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html

import { type BodyClaims, checkContentMd5 } from '../bodies/body-check.js'
import { readChecksum } from '../bodies/checksums.js'
import { maxBodySize, storeBody } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, checkKey, objectLocation, type S3Request, type S3Response } from '../s3-request.js'
import { type Account, checkCredential, checkSessionToken } from '../signatures/authenticate.js'
import { checkPolicy, type Policy, parsePolicy } from '../signatures/post-policy.js'
import { isSameSignature, signature } from '../signatures/signature.js'
import { parseTimestamp } from '../signatures/signature-claim.js'
import type { Description, ObjectRecord } from '../state/records.js'
import { renderDocument } from '../xml.js'
import { toHeaderBytes } from './header-entries.js'
import { readDescription } from './object-description.js'
import { type Form, openForm } from './post-form.js'
import { makeObject, writtenHeaders } from './put-object.js'
import { readTagSet } from './tags.js'
import { refuseUnsupported } from './unsupported-headers.js'

export async function postObject(request: S3Request, account: Account): Promise<S3Response> {
  const bucket = bucketOf(request)
  const form = await openForm(request.message)
  try {
    const fields = fillIn(form)
    fields.set('bucket', bucket.record.name)
    const policy = authorize(fields, account)
    checkPolicy(policy, fields)
    const key = fields.get('key')
    if (!key) {
      throw new S3Error(
        'InvalidArgument',
        "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields.",
      )
    }
    checkKey(key)
    const description = describeForm(fields)
    const body = await storeBody(form.file, [], readClaims(policy, fields), bucket.data)
    const object = await makeObject(bucket, key, body, description, () => undefined)
    return reply(request, object, fields)
  } finally {
    form.discard()
  }
}

/** `${filename}` stands for the file's name in every field, and policies are checked after it is filled in. */
function fillIn({ fields, filename }: Form): Map<string, string> {
  const isFixed = (name: string): boolean => name === 'policy' || name.startsWith('x-amz-signature')
  return new Map(
    Array.from(fields, ([name, value]) => [
      name,
      // A function, because `$&` in a file name is not a pattern.
      isFixed(name) ? value : value.replace(/\$\{filename\}/g, () => filename),
    ]),
  )
}

/** @throws S3Error unless the account signed the form's policy */
function authorize(fields: ReadonlyMap<string, string>, account: Account): Policy {
  const policy = fields.get('policy')
  if (policy === undefined) throw new S3Error('AccessDenied')
  const [algorithm, credential, timestamp, claimed] = ['algorithm', 'credential', 'date', 'signature'].map(
    (name) => fields.get(`x-amz-${name}`),
  )
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw new S3Error('InvalidArgument', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  }
  if (!credential || !timestamp || !claimed || Number.isNaN(parseTimestamp(timestamp))) {
    throw new S3Error(
      'InvalidArgument',
      'Bucket POST must contain the fields x-amz-credential, x-amz-date and x-amz-signature.',
    )
  }
  const scope = checkCredential(credential, timestamp, account, 'form')
  checkSessionToken(fields.get('x-amz-security-token'), account)
  if (!isSameSignature(signature(policy, account.secretAccessKey, scope), claimed)) {
    throw new S3Error('SignatureDoesNotMatch', undefined, {
      AWSAccessKeyId: account.accessKeyId,
      StringToSign: policy,
    })
  }
  return parsePolicy(policy)
}

function readClaims({ contentLength }: Policy, fields: ReadonlyMap<string, string>): BodyClaims {
  const contentMd5 = fields.get('content-md5')
  const checksum = readChecksum((name) => fields.get(name))
  return {
    maxSize: Math.min(contentLength?.max ?? maxBodySize, maxBodySize),
    ...(contentLength && { minSize: contentLength.min }),
    ...(contentMd5 !== undefined && { contentMd5: checkContentMd5(contentMd5) }),
    ...(checksum && { checksum: { algorithm: checksum.algorithm, value: () => checksum.value } }),
  }
}

/** S3 calls two fields of a form otherwise than the headers of a request. */
function describeForm(fields: ReadonlyMap<string, string>): Description {
  const entries = Array.from(fields, ([name, value]): [string, string] => [
    name === 'acl' ? 'x-amz-acl' : name,
    toHeaderBytes(value),
  ])
  for (const [name, value] of entries) refuseUnsupported(name, value)
  const tagging = fields.get('tagging')
  return { ...readDescription(entries), ...(tagging !== undefined && { tags: readTagSet(tagging) }) }
}

function reply(request: S3Request, object: ObjectRecord, fields: ReadonlyMap<string, string>): S3Response {
  const { key, etag } = object
  const location = objectLocation(request, key)
  const headers = { ...writtenHeaders(object), location }
  const redirect = fields.get('success_action_redirect')
  if (redirect && URL.canParse(redirect)) {
    const target = new URL(redirect)
    const { bucketName } = request
    for (const [name, value] of Object.entries({ bucket: bucketName, key, etag: `"${etag}"` })) {
      target.searchParams.set(name, value)
    }
    return { status: 303, headers: { ...headers, location: target.href } }
  }
  const status = fields.get('success_action_status')
  if (status !== '201') return { status: status === '200' ? 200 : 204, headers }
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: renderDocument('PostResponse', {
      Location: location,
      Bucket: request.bucketName,
      Key: key,
      ETag: `"${etag}"`,
    }),
  }
}
