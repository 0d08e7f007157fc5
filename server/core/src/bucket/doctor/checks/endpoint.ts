// Whether an S3 service answers at the endpoint, and what time it has.
import { clockAhead } from '../../../s3/look-at-bucket.js'
import type { Check } from '../check.js'
import { describeFailure, explainFailure, shorten } from '../explain-failure.js'
import { failed, ok } from '../report.js'

const OTHER_ENDPOINT =
  'Give the URL of the S3 service itself (--endpoint, option `endpoint`), not that of a console or a web page.'

export const endpoint: Check = {
  name: 'endpoint',
  needs: ['configuration'],
  async run(probe) {
    let url: string
    try {
      url = await probe.bucketUrl()
    } catch (error) {
      return failed(
        `the S3 client finds no address for the bucket (${describeFailure(error)})`,
        'Correct bucket, region and endpoint.',
      )
    }
    const { host } = new URL(url)
    const sentAt = Date.now()
    try {
      const { status, headers, body } = await probe.page.send(`${url}/`, { method: 'GET' })
      probe.learnt.clockAheadMs = clockAhead(headers.get('date'), sentAt)
      if (isS3(headers, body)) return ok(`${host} answers as an S3 service does`)
      const type = headers.get('content-type')?.split(';')[0] ?? 'nothing'
      return failed(
        `${host} is no S3 service: it answers ${status} with ${type}, ${quoteStart(body)}`,
        OTHER_ENDPOINT,
      )
    } catch (error) {
      const { seen, fix } = explainFailure(error, host)
      return failed(seen, fix)
    }
  },
}

// S3 services answer an unsigned request with an error document or, for public buckets, a list.
function isS3(headers: Headers, body: string): boolean {
  return headers.has('x-amz-request-id') || /<(Error|ListBucketResult)[\s>].*<\/\1>/s.test(body)
}

function quoteStart(body: string): string {
  return body.trim() === '' ? 'and an empty body' : `"${shorten(body).slice(0, 60)}"`
}
