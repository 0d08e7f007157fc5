// Conditions on an object that is read, or that is the source of a copy.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
import { S3Error } from '../s3-error.js'
import { header, type S3Request } from '../s3-request.js'
import type { ObjectRecord } from '../state/records.js'

type Condition = 'If-Match' | 'If-None-Match' | 'If-Modified-Since' | 'If-Unmodified-Since'

/** Carries the validators that a 304 must repeat. */
export class NotModified extends S3Error {
  readonly headers: Record<string, string>

  constructor(object: ObjectRecord) {
    super('NotModified')
    this.headers = validators(object)
  }
}

/** @throws NotModified, or S3Error PreconditionFailed */
export function checkReadConditions(request: S3Request, object: ObjectRecord): void {
  const unmet = findUnmet(object, (condition) => header(request, condition.toLowerCase()))
  if (unmet === 'If-None-Match' || unmet === 'If-Modified-Since') throw new NotModified(object)
  if (unmet) throw new S3Error('PreconditionFailed', undefined, { Condition: unmet })
}

/** @throws S3Error PreconditionFailed, also where a reader would get a 304 */
export function checkSourceConditions(request: S3Request, object: ObjectRecord): void {
  const prefix = 'x-amz-copy-source-'
  const unmet = findUnmet(object, (condition) => header(request, prefix + condition.toLowerCase()))
  if (unmet) throw new S3Error('PreconditionFailed', undefined, { Condition: prefix + unmet })
}

export function validators(object: ObjectRecord): { etag: string; 'last-modified': string } {
  return { etag: `"${object.etag}"`, 'last-modified': new Date(object.lastModified).toUTCString() }
}

/** RFC 9110, section 13.2.2: the ETag decides before the date. */
function findUnmet(
  object: ObjectRecord,
  get: (condition: Condition) => string | undefined,
): Condition | undefined {
  // HTTP's dates have no fractions of a second.
  const modified = Math.floor(Date.parse(object.lastModified) / 1000) * 1000
  const ifMatch = get('If-Match')
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) return 'If-Match'
  } else if (modified > readDate(get('If-Unmodified-Since'), Number.POSITIVE_INFINITY)) {
    return 'If-Unmodified-Since'
  }
  const ifNoneMatch = get('If-None-Match')
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, object.etag) ? 'If-None-Match' : undefined
  return modified <= readDate(get('If-Modified-Since'), Number.NEGATIVE_INFINITY)
    ? 'If-Modified-Since'
    : undefined
}

function readDate(text: string | undefined, otherwise: number): number {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? otherwise : time
}

function matchesEtag(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const candidate = item.trim().replace(/^W\//, '')
    return candidate === '*' || candidate === etag || candidate === `"${etag}"`
  })
}
