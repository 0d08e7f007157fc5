// An owner's unfinished uploads, begun in any browser.
import pMap from 'p-map'
import type { UnfinishedUpload } from '../protocol.js'
import type { Service } from '../service.js'
import { describeBegun } from './describe-begun.js'
import { findBegun, type UploadPlace } from './find-begun.js'

/** In one reply: as many as one `/abort` takes. */
const MOST_UPLOADS = 100
/** Calls to S3 at once, well under the 50 connections that the SDK opens. */
const CONCURRENCY = 16

/** The 100 that were begun last, the latest first, each with a ticket as `/create` gave it. */
export async function listUnfinished(
  service: Service,
  { owner, keyPrefix }: Omit<UploadPlace, 'bucket'>,
  buckets: readonly string[],
): Promise<UnfinishedUpload[]> {
  const findIn = (bucket: string) => findBegun(service, { owner, bucket, keyPrefix })
  const begun = (await pMap(new Set(buckets), findIn, { concurrency: CONCURRENCY })).flat()
  const latest = begun.sort((a, b) => b.initiatedAt - a.initiatedAt).slice(0, MOST_UPLOADS)
  const described = await pMap(latest, (upload) => describeBegun(service, upload), {
    concurrency: CONCURRENCY,
  })
  return described.filter((upload) => upload !== undefined)
}
