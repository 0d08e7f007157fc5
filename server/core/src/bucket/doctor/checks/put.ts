// Whether a page can send a presigned PUT, and whether the store enforces its signed length.
import type { Check } from '../check.js'
import { describeReply, nameReply, type PageReply } from '../page.js'
import type { Probe } from '../probe.js'
import { failed, ok, skipped } from '../report.js'
import { describeProbe } from '../traces.js'
import { judgeReply } from './cors.js'

const FILE = Buffer.from('A PUT of partway doctor.')

export const put: Check = {
  name: 'PUT',
  needs: ['s3:PutObject'],
  async run(probe) {
    const reply = await send(probe, 'put', FILE)
    probe.learnt.takesPuts = reply.status === 200
    if (reply.status === 200) return await judgeReply(probe, 'PUT', reply)
    return failed(
      `a presigned PUT is refused (${describeReply(reply)})`,
      'If a proxy stands in front of the store, let it leave the Host header, the path and the query as they are.',
    )
  },
}

export const signedLength: Check = {
  name: 'signed length',
  needs: ['s3:PutObject'],
  async run(probe) {
    if (!probe.learnt.takesPuts) return skipped('the store takes no presigned PUT')
    const longer = await send(probe, 'put-longer', Buffer.concat([FILE, FILE]))
    const shorter = await send(probe, 'put-shorter', FILE.subarray(1))
    if (longer.status !== 200 && shorter.status !== 200) {
      return ok(`a PUT of more or fewer bytes than signed is refused (${nameReply(longer)})`)
    }
    return failed(
      `the store takes a PUT of ${longer.status === 200 ? 'more' : 'fewer'} bytes than were signed`,
      "Use a store that verifies signed headers. On this one sizes are checked on completion only: send small files as forms (option `singleUpload: 'form'`), and bound what an owner can fill with `quota`.",
    )
  },
}

/** Sends `body` to a URL signed for {@link FILE}. */
async function send({ presigner, page, traces }: Probe, name: string, body: Buffer): Promise<PageReply> {
  const { url, headers } = await presigner.signPut(traces.object(name), describeProbe(), {
    size: FILE.length,
  })
  return await page.put(url, body, headers)
}
