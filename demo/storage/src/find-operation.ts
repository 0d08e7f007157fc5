// Finds the operation of a request. S3 distinguishes operations by level, method and query, hence a table and no paths.
import { getAcl, putAcl } from './operations/acl.js'
import { deleteBucketCors, getBucketCors, putBucketCors } from './operations/bucket-cors.js'
import {
  deleteBucketLifecycle,
  getBucketLifecycle,
  putBucketLifecycle,
} from './operations/bucket-lifecycle.js'
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
} from './operations/bucket-operations.js'
import { completeMultipartUpload } from './operations/complete-upload.js'
import { copyObject } from './operations/copy-object.js'
import { deleteObject, deleteObjects } from './operations/delete-objects.js'
import { getObject } from './operations/get-object.js'
import { headerEntries } from './operations/header-entries.js'
import { listObjects, listObjectsV2 } from './operations/list-objects.js'
import { listParts } from './operations/list-parts.js'
import { listMultipartUploads } from './operations/list-uploads.js'
import { abortMultipartUpload, createMultipartUpload } from './operations/multipart-upload.js'
import { getObjectAttributes } from './operations/object-attributes.js'
import { overrides } from './operations/object-description.js'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './operations/object-tagging.js'
import { putObject } from './operations/put-object.js'
import { refuseUnsupported } from './operations/unsupported-headers.js'
import { uploadPart, uploadPartCopy } from './operations/upload-part.js'
import { S3Error } from './s3-error.js'
import type { Operation, S3Request } from './s3-request.js'

type Level = 'service' | 'bucket' | 'object'

interface Route {
  level: Level
  method: string
  /** Query parameters that the request must have. */
  required: string[]
  run: Operation
  /** Further parameters that the operation supports. */
  optional: string[]
  /** Conditions among the headers that the operation checks. */
  conditions: string[]
  /** Whether the body is another object's, named by `x-amz-copy-source`. */
  isCopy: boolean
}

const reading = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']
const writing = ['if-match', 'if-none-match']
const copying = reading.map((condition) => `x-amz-copy-source-${condition}`)
const listing = ['prefix', 'delimiter', 'encoding-type']
const readObject = { optional: [...overrides.keys(), 'partNumber'], conditions: [...reading, 'if-range'] }
const routes: Route[] = [
  route('service', 'GET', [], listBuckets),
  route('bucket', 'PUT', [], createBucket),
  route('bucket', 'HEAD', [], headBucket),
  route('bucket', 'DELETE', [], deleteBucket),
  route('bucket', 'GET', ['location'], getBucketLocation),
  route('bucket', 'GET', ['acl'], getAcl),
  route('bucket', 'PUT', ['acl'], putAcl),
  route('bucket', 'GET', ['cors'], getBucketCors),
  route('bucket', 'PUT', ['cors'], putBucketCors),
  route('bucket', 'DELETE', ['cors'], deleteBucketCors),
  route('bucket', 'GET', ['lifecycle'], getBucketLifecycle),
  route('bucket', 'PUT', ['lifecycle'], putBucketLifecycle),
  route('bucket', 'DELETE', ['lifecycle'], deleteBucketLifecycle),
  route('bucket', 'GET', [], listObjects, { optional: [...listing, 'marker', 'max-keys'] }),
  route('bucket', 'GET', ['list-type'], listObjectsV2, {
    optional: [...listing, 'start-after', 'continuation-token', 'max-keys', 'fetch-owner'],
  }),
  route('bucket', 'GET', ['uploads'], listMultipartUploads, {
    optional: [...listing, 'key-marker', 'upload-id-marker', 'max-uploads'],
  }),
  route('bucket', 'POST', ['delete'], deleteObjects),
  route('object', 'PUT', [], putObject, { conditions: writing }),
  route('object', 'PUT', [], copyObject, { isCopy: true, conditions: [...writing, ...copying] }),
  route('object', 'GET', [], getObject, readObject),
  route('object', 'HEAD', [], getObject, readObject),
  route('object', 'DELETE', [], deleteObject, { conditions: ['if-match'] }),
  route('object', 'GET', ['attributes'], getObjectAttributes, { conditions: reading }),
  route('object', 'GET', ['acl'], getAcl),
  route('object', 'PUT', ['acl'], putAcl),
  route('object', 'GET', ['tagging'], getObjectTagging),
  route('object', 'PUT', ['tagging'], putObjectTagging),
  route('object', 'DELETE', ['tagging'], deleteObjectTagging),
  route('object', 'POST', ['uploads'], createMultipartUpload),
  route('object', 'PUT', ['partNumber', 'uploadId'], uploadPart),
  route('object', 'PUT', ['partNumber', 'uploadId'], uploadPartCopy, { isCopy: true, conditions: copying }),
  route('object', 'GET', ['uploadId'], listParts, { optional: ['max-parts', 'part-number-marker'] }),
  route('object', 'POST', ['uploadId'], completeMultipartUpload, { conditions: writing }),
  route('object', 'DELETE', ['uploadId'], abortMultipartUpload),
]

/** @throws S3Error NotImplemented for everything that the table does not name, parameters and conditions included */
export function findOperation({ method, bucketName, key, query, message }: S3Request): Operation {
  const level: Level = key ? 'object' : bucketName ? 'bucket' : 'service'
  // Parameters of the signature, and `x-id`, in which the SDKs repeat the operation's name.
  const names = new Set([...query.keys()].filter((name) => !/^(x-amz-.*|x-id)$/i.test(name)))
  const isCopy = message.headers['x-amz-copy-source'] !== undefined
  const found = routes.find(
    (route) =>
      route.level === level &&
      route.method === method &&
      route.isCopy === isCopy &&
      route.required.every((name) => names.has(name)) &&
      [...names].every((name) => route.required.includes(name) || route.optional.includes(name)),
  )
  if (!found) throw new S3Error('NotImplemented')
  for (const [name, value] of headerEntries({ message, query })) {
    const isCondition = /^(x-amz-)?(copy-source-)?if-/.test(name)
    if (isCondition && !found.conditions.includes(name)) {
      throw new S3Error('NotImplemented', undefined, { Header: name })
    }
    refuseUnsupported(name, value)
  }
  return found.run
}

function route(
  level: Level,
  method: string,
  required: string[],
  run: Operation,
  more: Partial<Pick<Route, 'optional' | 'conditions' | 'isCopy'>> = {},
): Route {
  return { level, method, required, run, optional: [], conditions: [], isCopy: false, ...more }
}
