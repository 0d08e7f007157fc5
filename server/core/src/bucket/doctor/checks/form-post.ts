// Whether a page can send a small file by form POST, and whether the store enforces the form's policy.
import type { Check } from '../check.js'
import { describeReply, nameReply, type PageReply } from '../page.js'
import type { Probe } from '../probe.js'
import { failed, info, ok, skipped } from '../report.js'
import { describeProbe } from '../traces.js'
import { judgeReply } from './cors.js'

const FILE = Buffer.from('A form of partway doctor.')

export const formPost: Check = {
  name: 'form POST',
  needs: ['s3:PutObject'],
  async run(probe) {
    const reply = await post(probe, 'form', FILE)
    probe.learnt.takesForms = isTaken(reply)
    if (isTaken(reply)) return await judgeReply(probe, 'POST', reply)
    if (reply.code !== 'AccessDenied' && reply.code !== 'SignatureDoesNotMatch') {
      return info(
        `this store has no form POST (${describeReply(reply)}): set the option \`singleUpload: 'put'\``,
      )
    }
    return failed(
      `a form with a right policy is refused (${describeReply(reply)})`,
      "Look at the store's log for its reason, or do without forms: option `singleUpload: 'put'`.",
    )
  },
}

export const postPolicy: Check = {
  name: 'POST policy',
  needs: ['s3:PutObject'],
  async run(probe) {
    if (!probe.learnt.takesForms) return skipped('the store takes no form POST')
    const larger = await post(probe, 'form-larger', Buffer.concat([FILE, FILE]))
    const ofOtherType = await post(probe, 'form-other-type', FILE, { 'Content-Type': 'text/html' })
    if (!isTaken(larger) && !isTaken(ofOtherType)) {
      const replies = [larger, ofOtherType].map(nameReply)
      return ok(`a file of another size or type than signed is refused (${replies.join(', ')})`)
    }
    return failed(
      `the store takes a file of another ${isTaken(larger) ? 'size' : 'type'} than the policy of the form allows`,
      "Do without forms: option `singleUpload: 'put'`.",
    )
  },
}

/** Sends `file` with a form signed for {@link FILE}. @param changed fields that the policy does not allow */
async function post(
  { presigner, page, traces }: Probe,
  name: string,
  file: Buffer,
  changed: Record<string, string> = {},
): Promise<PageReply> {
  const bounds = { minBytes: FILE.length, maxBytes: FILE.length }
  const { url, fields } = await presigner.signForm(traces.object(name), describeProbe(), bounds)
  return await page.postForm(url, { ...fields, ...changed }, file)
}

function isTaken({ status }: PageReply): boolean {
  return status >= 200 && status < 300
}
