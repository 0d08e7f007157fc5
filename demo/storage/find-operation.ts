// Finds the operation of a request. S3 distinguishes operations by level, method and query, hence a table and no paths.
import { deleteBucketCors, getBucketCors, putBucketCors } from './operations/bucket-cors.js'
import {
  deleteBucketLifecycle,
  getBucketLifecycle,
  putBucketLifecycle,
} from './operations/bucket-lifecycle.js'
import { createBucket, deleteBucket, headBucket, listBuckets } from './operations/bucket-operations.js'
import { completeMultipartUpload } from './operations/complete-upload.js'
import { deleteObject, deleteObjects } from './operations/delete-objects.js'
import { getObject } from './operations/get-object.js'
import { listObjectsV2 } from './operations/list-objects.js'
import { listParts } from './operations/list-parts.js'
import { listMultipartUploads } from './operations/list-uploads.js'
import { abortMultipartUpload, createMultipartUpload, uploadPart } from './operations/multipart-upload.js'
import { overrides } from './operations/object-description.js'
import { putObject } from './operations/put-object.js'
import { S3Error } from './s3-error.js'
import type { Operation, S3Request } from './s3-request.js'

type Level = 'service' | 'bucket' | 'object'

interface Route {
  level: Level
  method: string
  /** Query parameters that the request must have. */
  required: string[]
  /** Further parameters that the operation supports. */
  optional: string[]
  /** Conditions among the headers that the operation checks. */
  conditions: string[]
  run: Operation
}

const reading = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range']
const writing = ['if-match', 'if-none-match']
const listing = ['prefix', 'delimiter', 'encoding-type']
const routes: Route[] = [
  route('service', 'GET', [], listBuckets),
  route('bucket', 'PUT', [], createBucket),
  route('bucket', 'HEAD', [], headBucket),
  route('bucket', 'DELETE', [], deleteBucket),
  route('bucket', 'GET', ['cors'], getBucketCors),
  route('bucket', 'PUT', ['cors'], putBucketCors),
  route('bucket', 'DELETE', ['cors'], deleteBucketCors),
  route('bucket', 'GET', ['lifecycle'], getBucketLifecycle),
  route('bucket', 'PUT', ['lifecycle'], putBucketLifecycle),
  route('bucket', 'DELETE', ['lifecycle'], deleteBucketLifecycle),
  route('bucket', 'GET', ['list-type'], listObjectsV2, [
    ...listing,
    'start-after',
    'continuation-token',
    'max-keys',
    'fetch-owner',
  ]),
  route('bucket', 'GET', ['uploads'], listMultipartUploads, [
    ...listing,
    'key-marker',
    'upload-id-marker',
    'max-uploads',
  ]),
  route('bucket', 'POST', ['delete'], deleteObjects),
  route('object', 'PUT', [], putObject, [], writing),
  route('object', 'GET', [], getObject, [...overrides.keys()], reading),
  route('object', 'HEAD', [], getObject, [...overrides.keys()], reading),
  route('object', 'DELETE', [], deleteObject, [], ['if-match']),
  route('object', 'POST', ['uploads'], createMultipartUpload),
  route('object', 'PUT', ['partNumber', 'uploadId'], uploadPart),
  route('object', 'GET', ['uploadId'], listParts, ['max-parts', 'part-number-marker']),
  route('object', 'POST', ['uploadId'], completeMultipartUpload, [], writing),
  route('object', 'DELETE', ['uploadId'], abortMultipartUpload),
]

/** @throws S3Error NotImplemented for everything that the table does not name, parameters and conditions included */
export function findOperation({ method, bucketName, key, query, message }: S3Request): Operation {
  const level: Level = key ? 'object' : bucketName ? 'bucket' : 'service'
  // Parameters of the signature, and `x-id`, in which the SDKs repeat the operation's name.
  const names = new Set([...query.keys()].filter((name) => !/^(x-amz-.*|x-id)$/i.test(name)))
  const found = routes.find(
    (route) =>
      route.level === level &&
      route.method === method &&
      route.required.every((name) => names.has(name)) &&
      [...names].every((name) => route.required.includes(name) || route.optional.includes(name)),
  )
  if (!found) throw new S3Error('NotImplemented')
  const ignored = Object.keys(message.headers).find(
    (name) => /^(x-amz-)?if-/.test(name) && !found.conditions.includes(name),
  )
  if (ignored !== undefined) throw new S3Error('NotImplemented', undefined, { Header: ignored })
  return found.run
}

function route(
  level: Level,
  method: string,
  required: string[],
  run: Operation,
  optional: string[] = [],
  conditions: string[] = [],
): Route {
  return { level, method, required, optional, conditions, run }
}
