// One upload for one file of a page, however often the page's request arrives: a reply can get lost after the server has
// done its work, browsers repeat requests by themselves when a connection breaks, and a page can be left at any time.
import type { Grant } from '../protocol.js'
import { planParts } from '../rules/plan-parts.js'
import { togetherPrefix } from '../rules/upload-id.js'
import type { Service } from '../service.js'
import { abortUpload } from './abort-upload.js'
import { createUpload, goesInParts, type SizedUpload } from './create-upload.js'
import { describeBegun } from './describe-begun.js'
import { type BegunUpload, findBegun } from './find-begun.js'

/**
 * Like `createUpload`, but grants an upload in parts again that was created for the same nonce. An upload that goes in one
 * request leaves nothing on S3 before it is sent.
 *
 * S3 has no lock to take. So it is asked before, which finds what earlier tries created; and after, which finds what
 * servers created at the same time. All of them keep the first one. Should a page be told of one that loses, it finds it
 * gone and asks again, with the same nonce.
 * @throws PartwayError as `createUpload`
 */
export async function createOnce(service: Service, upload: SizedUpload, keyPrefix: string): Promise<Grant> {
  if (!goesInParts(upload.size, service.rules)) return await createUpload(service, upload)
  const { id, owner, bucket, size } = upload
  const find = async (within: Service) => {
    const begun = await findBegun(within, { owner, bucket, keyPrefix }, togetherPrefix(id))
    return begun.filter((other) => other.size === size).sort(byAge)
  }
  const earlier = await grantFirst(service, await find(service))
  if (earlier) return earlier

  const grant = await createUpload(service, upload)
  // Runs to its end even if the client has gone.
  const lasting = { ...service, signal: new AbortController().signal }
  const begun = await find(lasting)
  const own = begun.find(({ key }) => key === upload.key)
  if (!own) return grant
  const first = await grantFirst(lasting, begun.slice(0, begun.indexOf(own)))
  const losers = first ? [own] : begun.slice(begun.indexOf(own) + 1)
  for (const loser of losers) await abort(lasting, loser)
  return first ?? grant
}

function byAge(a: BegunUpload, b: BegunUpload): number {
  return a.initiatedAt - b.initiatedAt || (a.uploadId < b.uploadId ? -1 : 1)
}

async function grantFirst(service: Service, begun: BegunUpload[]): Promise<Grant | undefined> {
  for (const upload of begun) {
    const described = await describeBegun(service, upload)
    if (!described) continue
    const { ticket, key, partSize, partCount, ticketExpiresIn, checksum } = described
    const plan = { partSize, partCount, ticketExpiresIn, ...(checksum && { checksum }) }
    return { kind: 'multipart', ticket, key, ...plan, isBegun: true, parts: [] }
  }
  return undefined
}

async function abort(service: Service, { initiatedAt, ...upload }: BegunUpload): Promise<void> {
  const { partSize } = planParts(upload.size, service.rules)
  const issuedAt = Math.floor(initiatedAt)
  await abortUpload(service, { ...upload, kind: 'multipart', partSize, issuedAt, md5Etags: true })
}
