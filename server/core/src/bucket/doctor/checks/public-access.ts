// Whether anyone can read uploaded objects or list the bucket.
import { getPublicAccessBlock } from '../../../s3/get-public-access-block.js'
import type { Check } from '../check.js'
import { nameReply } from '../page.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, ok } from '../report.js'
import { suggestSetup } from '../suggest.js'
import { PROBE_OBJECT } from './permissions.js'

export const publicAccess: Check = {
  name: 'public access',
  needs: ['s3:PutObject'],
  async run(probe) {
    const url = await probe.presigner.locate(probe.traces.object(PROBE_OBJECT))
    const [object, list] = [await get(probe, url), await get(probe, `${await probe.bucketUrl()}/`)]
    if (object.status < 300 || list.status < 300) return await explain(probe, object.status < 300)
    const blocked = (await isBlocked(probe)) ? '; the bucket blocks public access' : ''
    return ok(`without a signature an object is refused (${nameReply(object)})${blocked}`)
  },
}

async function explain(probe: Probe, isReadable: boolean): Promise<Finding> {
  return failed(
    isReadable ? 'anybody can read what is uploaded' : 'anybody can list the keys of the bucket',
    `Take the public statement out of the bucket policy and the ACL, and block public access: ${await suggestSetup(probe)}.`,
  )
}

const get = ({ page }: Probe, url: string) => page.send(url, { method: 'GET' })

/** `undefined` if the store has no such setting, or these credentials may not read it. */
async function isBlocked({ client, bucket, timeLimit }: Probe): Promise<boolean | undefined> {
  const reply = await client
    .send(getPublicAccessBlock(bucket), { abortSignal: timeLimit() })
    .catch(() => undefined)
  const { BlockPublicPolicy, RestrictPublicBuckets } = reply?.PublicAccessBlockConfiguration ?? {}
  return reply && BlockPublicPolicy === true && RestrictPublicBuckets === true
}
