// Access control lists, as in a bucket that has them disabled, S3's default: the owner has full control, for good.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
import { receiveText } from '../bodies/receive-body.js'
import { S3Error, type S3ErrorCode } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import { XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'
import { headerEntries } from './header-entries.js'
import { owner } from './owner.js'

/** Canned lists that give nobody but the owner a right. */
const ownersOnly = ['private', 'bucket-owner-full-control', 'bucket-owner-read']
const others = [
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'log-delivery-write',
]

/**
 * A header or a field of a request that writes; other names are ignored.
 * @throws S3Error InvalidArgument for an unknown canned list, `refusal` for one that lets others in
 */
export function checkAcl(
  name: string,
  value: string,
  refusal: S3ErrorCode = 'AccessControlListNotSupported',
): void {
  if (name.startsWith('x-amz-grant-')) throw new S3Error(refusal)
  if (name !== 'x-amz-acl' || ownersOnly.includes(value)) return
  if (others.includes(value)) throw new S3Error(refusal)
  throw new S3Error('InvalidArgument', undefined, { ArgumentName: name, ArgumentValue: value })
}

export async function getAcl(request: S3Request): Promise<S3Response> {
  checkTarget(request)
  const grantee = {
    '@_xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    '@_xsi:type': 'CanonicalUser',
    ...owner,
  }
  return xmlResponse('AccessControlPolicy', {
    Owner: owner,
    AccessControlList: { Grant: { Grantee: grantee, Permission: 'FULL_CONTROL' } },
  })
}

/** S3 takes a list that says what holds anyway. */
export async function putAcl(request: S3Request): Promise<S3Response> {
  checkTarget(request)
  for (const [name, value] of headerEntries(request)) checkAcl(name, value)
  const document = await receiveText(request)
  if (header(request, 'x-amz-acl') === undefined) checkGrants(document)
  return { status: 200, headers: {} }
}

/** @throws S3Error AccessControlListNotSupported unless the owner, and nobody else, has full control */
function checkGrants(document: string): void {
  const [list] = XmlReader.parse(document, 'AccessControlPolicy').children('AccessControlList')
  const grants = list?.children('Grant') ?? []
  const isOwners = grants.every(
    (grant) =>
      grant.text('Permission') === 'FULL_CONTROL' && grant.children('Grantee')[0]?.text('ID') === owner.ID,
  )
  if (grants.length === 0 || !isOwners) throw new S3Error('AccessControlListNotSupported')
}

function checkTarget(request: S3Request): void {
  const bucket = bucketOf(request)
  if (request.key !== '') bucket.object(request.key)
}
