// CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation.
import { receiveText } from '../bodies/receive-body.js'
import { S3Error } from '../s3-error.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import { readClaim } from '../signatures/signature-claim.js'
import { XmlReader } from '../xml.js'
import { xmlResponse } from '../xml-response.js'
import { checkAcl } from './acl.js'
import { headerEntries } from './header-entries.js'
import { owner } from './owner.js'

/** The region that has no name in a location constraint, and where an owner may create a bucket again. */
const firstRegion = 'us-east-1'

export async function createBucket(request: S3Request): Promise<S3Response> {
  const { buckets, bucketName } = request
  for (const [name, value] of headerEntries(request)) {
    checkAcl(name, value, 'InvalidBucketAclWithObjectOwnership')
  }
  const region = regionOf(request)
  const hasBody = header(request, 'content-length') !== undefined
  checkConfiguration(hasBody ? await receiveText(request) : '', region)
  const isAgain = buckets.find(bucketName) !== undefined && region === firstRegion
  if (!isAgain) await buckets.create(bucketName)
  return { status: 200, headers: { location: `/${bucketName}` } }
}

export async function headBucket(request: S3Request): Promise<S3Response> {
  bucketOf(request)
  return { status: 200, headers: { 'x-amz-bucket-region': regionOf(request) } }
}

export async function deleteBucket(request: S3Request): Promise<S3Response> {
  await request.buckets.delete(request.bucketName)
  return { status: 204, headers: {} }
}

export async function listBuckets({ buckets }: S3Request): Promise<S3Response> {
  const listed = buckets.all().map(({ record }) => ({ Name: record.name, CreationDate: record.created }))
  return xmlResponse('ListAllMyBucketsResult', { Owner: owner, Buckets: { Bucket: listed } })
}

export async function getBucketLocation(request: S3Request): Promise<S3Response> {
  bucketOf(request)
  const region = regionOf(request)
  return xmlResponse('LocationConstraint', region === firstRegion ? {} : { '#text': region })
}

/** @throws S3Error for a bucket in another region than the store's, or with what the store lacks */
function checkConfiguration(document: string, region: string): void {
  const configuration = document === '' ? undefined : XmlReader.parse(document, 'CreateBucketConfiguration')
  const other = configuration?.names().find((name) => name !== 'LocationConstraint')
  if (other !== undefined) throw new S3Error('NotImplemented', `${other} is not implemented`)
  const constraint = configuration?.text('LocationConstraint')?.trim() || undefined
  if (constraint === firstRegion) throw new S3Error('InvalidLocationConstraint')
  if ((constraint ?? firstRegion) !== region) {
    throw new S3Error(
      'IllegalLocationConstraintException',
      `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    )
  }
}

/** The store has one region, and takes only what is signed for it. */
function regionOf(request: S3Request): string {
  return readClaim(request).credential.split('/')[2] ?? firstRegion
}
