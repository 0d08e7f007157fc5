// Reads the policy of a form upload, and checks the form against it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
import { S3Error } from '../s3-error.js'

export interface Policy {
  /** Milliseconds since 1970. */
  expiration: number
  conditions: FieldCondition[]
  /** Bytes, both inclusive. */
  contentLength?: { min: number; max: number }
}

interface FieldCondition {
  operator: 'eq' | 'starts-with'
  /** Lower case, without the `$`. */
  field: string
  value: string
}

/** Form fields that need no condition; those that begin with `x-ignore-` need none either. */
const uncovered = new Set(['x-amz-signature', 'policy', 'file'])

/** @throws S3Error InvalidPolicyDocument */
export function parsePolicy(base64: string): Policy {
  const document = parseJson(base64)
  if (!isObject(document) || !Array.isArray(document.conditions)) throw invalid('Missing conditions')
  const expiration =
    typeof document.expiration === 'string' ? parseExpiration(document.expiration) : Number.NaN
  if (Number.isNaN(expiration)) throw invalid('Invalid expiration')
  const policy: Policy = { expiration, conditions: [] }
  for (const condition of document.conditions as unknown[]) {
    if (isLengthRange(condition)) policy.contentLength = readLengthRange(condition)
    else policy.conditions.push(...readCondition(condition))
  }
  return policy
}

/**
 * @param fields by lower-case name, after `${filename}` is replaced; `bucket` is that of the URL
 * @throws S3Error AccessDenied for an expired policy, an unmet condition, or a field without condition
 */
export function checkPolicy(policy: Policy, fields: ReadonlyMap<string, string>, now = Date.now()): void {
  if (policy.expiration <= now) throw denied('Policy expired.')
  for (const { operator, field, value } of policy.conditions) {
    const actual = fields.get(field) ?? ''
    const isMet = operator === 'eq' ? actual === value : startsWith(field, actual, value)
    if (!isMet) throw denied(`Policy Condition failed: ["${operator}", "$${field}", "${value}"]`)
  }
  const covered = new Set(policy.conditions.map(({ field }) => field))
  const extra = [...fields.keys()].filter(
    (name) =>
      name !== 'bucket' && !covered.has(name) && !uncovered.has(name) && !name.startsWith('x-ignore-'),
  )
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`)
}

/** Each entry of a Content-Type list must match. */
function startsWith(field: string, actual: string, prefix: string): boolean {
  const values = field === 'content-type' ? actual.split(',').map((value) => value.trim()) : [actual]
  return values.every((value) => value.startsWith(prefix))
}

function readCondition(condition: unknown): FieldCondition[] {
  if (Array.isArray(condition)) {
    const [operator, field, value] = condition as unknown[]
    const isKnown = operator === 'eq' || operator === 'starts-with'
    if (!isKnown || condition.length !== 3) throw invalid(`Invalid condition ${JSON.stringify(condition)}`)
    if (typeof field !== 'string' || !field.startsWith('$') || typeof value !== 'string') {
      throw invalid(`Invalid condition ${JSON.stringify(condition)}`)
    }
    return [{ operator, field: field.slice(1).toLowerCase(), value }]
  }
  if (!isObject(condition)) throw invalid('Invalid condition')
  return Object.entries(condition).map(([field, value]) => {
    if (typeof value !== 'string') throw invalid(`Invalid condition for ${field}`)
    return { operator: 'eq', field: field.toLowerCase(), value }
  })
}

function isLengthRange(condition: unknown): condition is unknown[] {
  return Array.isArray(condition) && condition[0] === 'content-length-range'
}

function readLengthRange(condition: unknown[]): { min: number; max: number } {
  const [min, max] = condition.slice(1).map((bound) => Number(bound))
  const isRange =
    condition.length === 3 && Number.isSafeInteger(min) && Number.isSafeInteger(max) && (min ?? -1) >= 0
  if (!isRange || min === undefined || max === undefined) throw invalid('Invalid content-length-range')
  return { min, max }
}

function parseExpiration(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN
}

function parseJson(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
  } catch {
    throw invalid('Invalid JSON')
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(reason: string): S3Error {
  return new S3Error('InvalidPolicyDocument', `Invalid Policy: ${reason}`)
}

function denied(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`)
}
