// Whether the bucket's CORS rules pass the preflight of a page on the origin, and what they lack.
import { GetBucketCorsCommand } from '@aws-sdk/client-s3'
import { CRC64NVME } from '../../../rules/checksums.js'
import { UPLOAD_ID_METADATA } from '../../../rules/object-headers.js'
import { readFailure } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { nameReply, type PageReply, type Wanted } from '../page.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, ok } from '../report.js'
import { suggestSetup } from '../suggest.js'

/** Headers of parts, and of files sent by PUT. */
const PUT_HEADERS = [
  'content-md5',
  'content-type',
  'content-disposition',
  `x-amz-meta-${UPLOAD_ID_METADATA}`,
  CRC64NVME.header,
]

/** `@partway/uppy` sends forms without a preflight; `@uppy/aws-s3` watches the upload, and so needs one. */
export const preflightPost = preflightCheck({ method: 'POST', headers: [] })
export const preflightPut = preflightCheck({ method: 'PUT', headers: PUT_HEADERS })

function preflightCheck(wanted: Wanted): Check {
  const { method } = wanted
  return {
    name: `preflight ${method}`,
    needs: ['bucket'],
    async run(probe) {
      const url = method === 'POST' ? `${await probe.bucketUrl()}/` : await locateProbe(probe)
      const asked = await probe.page.preflight(url, wanted)
      if (asked.isAllowed) {
        probe.learnt.preflighted.add(method)
        return ok(`a page on ${probe.origin} may ${method}`)
      }
      const missing = await findMissing(probe, url, wanted)
      return failed(
        `a page on ${probe.origin} may not ${method}: ${missing} (${nameReply(asked)})`,
        await suggestSetup(probe),
      )
    },
  }
}

/** Tries preflights with fewer headers and with other methods. */
async function findMissing(probe: Probe, url: string, { method, headers }: Wanted): Promise<string> {
  const allows = async (wanted: Wanted) => (await probe.page.preflight(url, wanted)).isAllowed
  if (headers.length > 0 && (await allows({ method, headers: [] }))) {
    const refused: string[] = []
    for (const name of headers) if (!(await allows({ method, headers: [name] }))) refused.push(name)
    return `the CORS rules of the bucket lack the header${refused.length > 1 ? 's' : ''} ${refused.join(', ')}`
  }
  for (const other of (['GET', 'PUT', 'POST'] as const).filter((name) => name !== method)) {
    if (await allows({ method: other, headers: [] })) {
      return `the CORS rules of the bucket allow this origin ${other}, and lack the method ${method}`
    }
  }
  return await describeOrigins(probe)
}

/** Names the allowed origins, if these credentials may read the rules. */
async function describeOrigins({ client, bucket, origin, timeLimit }: Probe): Promise<string> {
  const unknown = `the CORS rules of the bucket do not have the origin ${origin}, or there are none`
  const command = new GetBucketCorsCommand({ Bucket: bucket })
  const allowed = await client.send(command, { abortSignal: timeLimit() }).then(
    ({ CORSRules = [] }) => CORSRules.flatMap(({ AllowedOrigins = [] }) => AllowedOrigins),
    (error: unknown) => (readFailure(error).name === 'NoSuchCORSConfiguration' ? [] : undefined),
  )
  if (!allowed) return unknown
  if (allowed.length === 0) return 'the bucket has no CORS rules'
  return `the CORS rules of the bucket have the origins ${[...new Set(allowed)].join(', ')}, and not ${origin}`
}

/** Whether the page may read the reply to a request that the store accepted. */
export async function judgeReply(
  probe: Probe,
  method: 'POST' | 'PUT',
  { status, isReadable }: PageReply,
): Promise<Finding> {
  if (isReadable) return ok(`taken (${status}), and the page may read the reply`)
  const { origin, learnt } = probe
  return failed(
    `taken (${status}), but the reply lacks "Access-Control-Allow-Origin: ${origin}", so the page sees a network error`,
    learnt.preflighted.has(method)
      ? 'The CORS rules have the origin: let the proxy or CDN in front of the store pass Access-Control-* headers on.'
      : await suggestSetup(probe),
  )
}

async function locateProbe({ presigner, traces }: Probe): Promise<string> {
  return await presigner.locate(traces.nothing('preflight'))
}
