// How fast this machine sends one part of the usual size.
import { randomBytes } from 'node:crypto'
import prettyBytes from 'pretty-bytes'
import { MIB } from '../../../rules/plan-parts.js'
import type { Check } from '../check.js'
import { describeReply } from '../page.js'
import { failed, ok } from '../report.js'

const PART_SIZE = 8 * MIB
const TIMEOUT_MS = 120_000

export const transferSpeed: Check = {
  name: 'transfer speed',
  needs: ['multipart'],
  async run({ presigner, page, s3, traces, signal }) {
    const upload = await traces.upload(s3, 'speed')
    const [part] = await presigner.signParts(upload, [{ partNumber: 1, contentLength: PART_SIZE }])
    const body = randomBytes(PART_SIZE)
    const startedAt = performance.now()
    const reply = await page.send(part?.url ?? '', {
      method: 'PUT',
      body,
      // Safe to cut off: its upload is noted, and will be aborted.
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const seconds = (performance.now() - startedAt) / 1000
    if (reply.status !== 200) {
      return failed(
        `a part of 8 MiB is refused (${describeReply(reply)})`,
        'Let proxies in front of the store take bodies of the part size (nginx: client_max_body_size).',
      )
    }
    return ok(
      `one part of 8 MiB in ${seconds.toFixed(2)} s, ${prettyBytes(PART_SIZE / seconds, { binary: true })}/s`,
    )
  },
}
