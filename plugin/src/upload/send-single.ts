// Sends a file in one request until S3 has it: a form POST, or a PUT where the store has no forms.
import type { FormGrant, PutGrant } from '@partway/server/protocol'
import { ClientError, hostOf, TryFailure } from '../errors.js'
import { assertStored, isRefusal, isUnanswered } from '../transfer/read-answer.js'
import { type Answer, send, type Transfer } from '../transfer/send.js'
import type { OnLine } from '../transfer/slow-line.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { assertReadable } from './read-in-turn.js'
import type { SingleRecord } from './upload-record.js'

/** Tries in a row without a readable answer before the grant itself is suspected. */
const MOST_UNREADABLE = 3

/** From this size on, progress and stall detection are worth a preflight (one for the bucket's URL, cached). */
const WATCHED_BYTES = 1024 * 1024

/** Failed tries in a row so far. */
export interface SingleTries {
  refusals: number
  unreadable: number
}

/**
 * One try. Forgets an expired or refused grant, so that the next try gets a new one.
 * @throws TryFailure if another try may help.
 */
export async function sendSingle(
  file: FileUpload,
  record: SingleRecord,
  tries: SingleTries,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  if (record.sent) return
  const { data, progress, tryFailed } = file
  const { stallTimeoutMs } = context.settings()
  const { url: ownUrl, alternatives = [] } = record.grant
  progress.start(0)
  let left = 0
  let isOther = false
  try {
    const transfer = async (url: string, line: OnLine) => {
      if (record.life.isOver) {
        forgetGrant(file, record)
        throw new TryFailure(new ClientError('grant_expired', { host: hostOf(url) }), { atOnce: true })
      }
      left = 0
      const onProgress = (bytes: number) => {
        left = bytes
        progress.sending(1, bytes)
        // Ignores `line.cut`: it is unknown what S3 has of a form that is aborted.
        line.sent(bytes, data.size)
      }
      const { doubtful } = record
      record.doubtful = true
      const answer = await sendAll({ ...record.grant, url }, data, { signal, stallTimeoutMs, onProgress })
      // S3 answers 4xx before it stores anything. After 5xx, this is unknown.
      if (answer.status >= 400 && answer.status < 500) record.doubtful = doubtful
      tries.refusals = isRefusal(answer) ? tries.refusals + 1 : 0
      tries.unreadable = answer.status === 0 ? tries.unreadable + 1 : 0
      isOther = answer.storageCode === 'BadDigest'
      if (isRefusal(answer)) forgetGrant(file, record)
      assertStored(answer, { url, refusals: tries.refusals })
    }
    await context.scheduler.run(file, signal, transfer, [ownUrl, ...alternatives])
  } catch (error) {
    progress.failed(1)
    if (isUnanswered(error)) await assertReadable(file, data.slice(left), context, signal)
    tryFailed(error)
    if (isOther || tries.unreadable === MOST_UNREADABLE) await giveUp(file, record, tries, context, signal)
    throw error
  }
  record.sent = true
  progress.arrived(1, data.size)
}

// If S3 may have the file, it can be completed: another grant would make a second object.
function forgetGrant(file: FileUpload, record: SingleRecord): void {
  if (record.doubtful) record.sent = true
  else file.record = undefined
}

// The file has been edited since its MD5 was computed, or the store hides a refusal from the page. But S3 may also have stored
// the file while the reply was lost: so the old upload is aborted before a new grant is made, and no second object stays.
async function giveUp(
  file: FileUpload,
  { ticket }: SingleRecord,
  tries: SingleTries,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  tries.unreadable = 0
  await context.server.abort(ticket, signal)
  file.record = undefined
}

/** Sends all of `data`. */
function sendAll(
  grant: FormGrant | PutGrant,
  data: Blob,
  { onProgress, ...transfer }: Pick<Transfer, 'signal' | 'stallTimeoutMs' | 'onProgress'>,
): Promise<Answer> {
  const { url } = grant
  const size = data.size
  if (grant.kind === 'put') {
    // A PUT has a preflight anyway.
    return send({ ...transfer, method: 'PUT', url, headers: grant.headers, body: data, size, onProgress })
  }
  const body = new FormData()
  for (const [name, value] of Object.entries(grant.fields)) body.append(name, value)
  // S3 ignores fields after the file.
  body.append('file', data, 'file')
  return send({
    ...transfer,
    method: 'POST',
    url,
    body,
    size,
    onProgress: size < WATCHED_BYTES ? undefined : onProgress,
  })
}
