// CreateBucket, HeadBucket, DeleteBucket, ListBuckets.
import { receiveText } from '../bodies/receive-body.js'
import { bucketOf, header, type S3Request, type S3Response } from '../s3-request.js'
import { xmlResponse } from '../xml-response.js'

export async function createBucket(request: S3Request): Promise<S3Response> {
  // The location constraint in the body has no effect here, but the body must be what was signed.
  if (header(request, 'content-length') !== undefined) await receiveText(request)
  await request.buckets.create(request.bucketName)
  return { status: 200, headers: { location: `/${request.bucketName}` } }
}

export async function headBucket(request: S3Request): Promise<S3Response> {
  bucketOf(request)
  return { status: 200, headers: {} }
}

export async function deleteBucket(request: S3Request): Promise<S3Response> {
  await request.buckets.delete(request.bucketName)
  return { status: 204, headers: {} }
}

export async function listBuckets({ buckets }: S3Request): Promise<S3Response> {
  const listed = buckets.all().map(({ record }) => ({ Name: record.name, CreationDate: record.created }))
  return xmlResponse('ListAllMyBucketsResult', { Buckets: { Bucket: listed } })
}
