// The middleware's permissions as a bucket policy, for stores without user policies (Ceph).
import { z } from 'zod'
import { describeMisuse, OptionError } from '../describe-misuse.js'
import { type PolicyOptions, type PolicyStatement, policy, policyShape } from './policy.js'

/** Omits `sts` and `kms`, which are no permissions on a bucket. */
export interface BucketPolicyOptions extends Omit<PolicyOptions, 'sts' | 'kms'> {
  /** ARN of the user or role that the middleware runs as; on Ceph such as `arn:aws:iam:::user/uploads`. */
  principal: string
  /**
   * ARN of the user who owns the bucket. On Ceph, objects belong to the user who wrote them; the bucket's owner can read and
   * delete them only if the policy allows it. @default none
   */
  bucketOwner?: string
}

/** The JSON document for S3. */
export interface BucketPolicy {
  Version: '2012-10-17'
  Statement: (PolicyStatement & { Principal: { AWS: string } })[]
}

// No wildcard: it would grant everyone access.
const arnSchema = z
  .string()
  .regex(
    /^arn:[\w-]+:iam::[\w-]*:(?:root|(?:user|role)\/[\w+=,.@:/-]+)$/,
    'must be the ARN of a user or a role',
  )

const { sts: _, kms: __, ...rightsShape } = policyShape
const BucketPolicySchema = z.strictObject({
  ...rightsShape,
  principal: arnSchema,
  bucketOwner: arnSchema.optional(),
})

/**
 * The permissions of {@link policy} on `bucket` for `principal`. A bucket policy covers one bucket: make another for a journal's
 * own bucket.
 *
 * @throws TypeError for misused options
 */
export function bucketPolicy(options: BucketPolicyOptions): BucketPolicy {
  const result = BucketPolicySchema.safeParse(options)
  if (!result.success) throw new OptionError(describeMisuse(result.error, options, 'bucketPolicy()'))
  const { principal, bucketOwner, ...rights } = result.data
  const { Version, Statement } = policy(rights)
  const isHere = ({ Resource }: PolicyStatement) => /:::([^/]*)/.exec(Resource)?.[1] === rights.bucket
  const granted = Statement.filter(isHere).map((each) => ({ ...each, Principal: { AWS: principal } }))
  const objects = bucketOwner === undefined ? [] : granted.filter(({ Resource }) => Resource.endsWith('*'))
  const own = objects.map((each) => ({ ...each, Principal: { AWS: bucketOwner ?? '' }, Action: ['s3:*'] }))
  return { Version, Statement: [...granted, ...own] }
}
