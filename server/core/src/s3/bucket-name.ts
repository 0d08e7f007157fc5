// Which buckets pages can upload to, as far as their names tell.
import { z } from 'zod'

/** Of a bucket or an access point. */
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

/** A name that policies and every store take, of a bucket alone. Source: "General purpose bucket naming rules". */
export const plainBucketName = bucketName.regex(/^[\w.-]{3,255}$/, 'must be the name of a bucket')
