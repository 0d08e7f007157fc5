// Whether the bucket exists.
import { PartwayError } from '../../../errors.js'
import { toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { failed, ok } from '../report.js'
import { suggestSetup } from '../suggest.js'

export const bucket: Check = {
  name: 'bucket',
  needs: ['credentials'],
  async run(probe) {
    const { error } = await probe.look()
    if (error === undefined) return ok(`"${probe.bucket}" is there`)
    const known = toPartwayError(error, 's3:ListBucket')
    if (known instanceof PartwayError && known.code === 'bucket_missing') {
      return failed(`there is no bucket "${probe.bucket}" (NoSuchBucket)`, await suggestSetup(probe))
    }
    return ok(`"${probe.bucket}" answers, but its list is refused`)
  },
}
