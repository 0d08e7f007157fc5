// Checks by its name that pages can upload to a bucket.
import { z } from 'zod'

/** Name of a bucket or an access point. */
export const bucketName = z
  .string()
  .min(1)
  // Their access points end with -xa-s3. Source: "Directory bucket naming rules", "PutBucketCors".
  .regex(
    /(?<!--xa?-s3)$/,
    'must not be a directory bucket (S3 Express One Zone): S3 has no CORS for them, so pages cannot upload there',
  )
  // Source: "Making requests through a Multi-Region Access Point".
  .regex(
    /(?<!\.mrap)$/,
    'must not be a Multi-Region Access Point: S3 takes no signatures but SigV4A there, give the bucket itself',
  )

/** Name of a bucket only, as policies and every store accept it. Source: "General purpose bucket naming rules". */
export const plainBucketName = bucketName.regex(/^[\w.-]{3,255}$/, 'must be the name of a bucket')
