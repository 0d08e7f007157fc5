// Stores that do not support a setting call it malformed: until 2024 MinIO read CORS rules as a wrong CreateBucket, and it
// reads lifecycle rules without an action that it knows as no rules.
import { BucketError } from '../bucket-error.js'
import { failureName } from '../to-bucket-error.js'

/** For `catch` of a call whose document is well-formed. @param what such as `CORS rules` */
export function refusedAsMalformed(what: string): (error: unknown) => never {
  return (error) => {
    if (failureName(error) !== 'MalformedXML') throw error
    throw new BucketError('not_supported', `This store does not know such ${what} (MalformedXML).`, {
      cause: error,
    })
  }
}
