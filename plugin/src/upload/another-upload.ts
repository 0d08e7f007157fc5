// A file that turns out to be another one than its upload's.
import type { PartwayError } from '../errors.js'

/** S3 has other bytes of the upload than the file has, or they cannot be compared: the file is another upload. */
export class AnotherUpload extends Error {
  /**
   * @param final what the user sees if no other upload can be made of it
   * @param isMixed this page has sent bytes of the file to the upload, which is good for nothing any more
   */
  constructor(
    readonly final: PartwayError,
    readonly isMixed = false,
  ) {
    super(final.message)
  }
}
