// Tries a whole multipart upload: create, a part from the page, list, complete; then aborts another.
import type { Check } from '../check.js'
import { describeReply } from '../page.js'
import type { Probe } from '../probe.js'
import { failed, ok } from '../report.js'
import { sendPart } from '../send-part.js'

const PART = Buffer.from('A part of partway doctor.')

export const multipart: Check = {
  name: 'multipart',
  needs: ['s3:ListMultipartUploadParts', 's3:GetObject'],
  async run(probe) {
    const { s3, traces } = probe
    const upload = await traces.upload(s3, 'multipart')
    const reply = await sendPart(probe, upload, PART)
    if (reply.status !== 200) return failed(`a part is refused (${describeReply(reply)})`, FIX)
    const parts = (await s3.listParts(upload)) ?? []
    if (parts.length !== 1 || parts[0]?.size !== PART.length) {
      return failed(`the list of parts does not have the part that was sent: ${parts.length} parts`, FIX)
    }
    const isComplete = await s3.completeMultipartUpload(upload, parts, { size: PART.length })
    const head = await s3.headObject(upload)
    if (!isComplete || head?.size !== PART.length || head.id === undefined) {
      return failed('after completion the object is not there as it was described', FIX)
    }
    if (!(await abortOne(probe))) return failed('parts of an aborted upload are still listed', FIX)
    return ok('create, part, list, complete and abort do what they should')
  },
}

const FIX = "Look at the store's log; uploads in parts do not work like this."

async function abortOne(probe: Probe): Promise<boolean> {
  const { s3, traces } = probe
  const upload = await traces.upload(s3, 'aborted')
  await sendPart(probe, upload, PART)
  await s3.abortMultipartUpload(upload)
  return !(await s3.listParts(upload))?.length
}
