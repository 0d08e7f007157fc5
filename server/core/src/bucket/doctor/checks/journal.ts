// Whether the journal of unfinished uploads works: an entry can be created once, read, listed and deleted, and is not public.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { PartwayError } from '../../../errors.js'
import { readFailure, toPartwayError } from '../../../s3/s3-errors.js'
import type { Check } from '../check.js'
import { nameFailure } from '../explain-failure.js'
import type { Probe } from '../probe.js'
import { type Finding, failed, ok, warning } from '../report.js'
import { suggestJournalAction } from '../suggest.js'

const ENTRY = 'An entry of partway doctor.'
const SIMULTANEOUS =
  'You need not do anything: only a file that is started twice at the same moment becomes two uploads there.'

export const journal: Check = {
  name: 'journal',
  needs: ['bucket'],
  async run(probe) {
    try {
      return await walk(probe)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { action, cause } = error
      return failed(
        `${action} is refused below ${probe.journal.keyPrefix} (${nameFailure(cause)})`,
        await suggestJournalAction(probe, action),
      )
    }
  },
}

async function walk(probe: Probe): Promise<Finding> {
  const { client, journal, timeLimit } = probe
  const limit = () => ({ abortSignal: timeLimit() })
  const { bucket: Bucket, key: Key } = journal.nothing('entry')
  const put = (condition: { IfNoneMatch?: '*' } = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: ENTRY, ...condition }), limit())
  const read = async (name: string) => {
    const command = new GetObjectCommand({ Bucket, Key: journal.nothing(name).key })
    return await (await client.send(command, limit())).Body?.transformToString()
  }
  const list = async () => {
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: journal.prefix }),
      limit(),
    )
    return Contents.map((object) => object.Key)
  }
  const remove = async () =>
    journal.noteDeletion(await client.send(new DeleteObjectCommand({ Bucket, Key }), limit()))

  // Deletion comes first: without it, no entry is made.
  await allow('s3:DeleteObject', remove())
  journal.object('entry')
  const notTaken = await allow('s3:PutObject', refusalOf(put({ IfNoneMatch: '*' })))
  if (notTaken !== undefined) await put()
  const refusal = notTaken ?? (await refusalOf(put({ IfNoneMatch: '*' })))
  const found = await allow('s3:GetObject', read('entry'))
  // S3 answers 404 for a missing object only if the credentials may list the bucket.
  await allow('s3:ListBucket', read('missing').catch(ignoreMissing))
  const listed = await allow('s3:ListBucket', list())
  const isPublic = await isReadable(probe)
  await allow('s3:DeleteObject', remove())
  const left = await list()

  const where = `below ${journal.keyPrefix}`
  if (found !== ENTRY || !listed.includes(Key) || left.length > 0) {
    return failed(
      `an entry ${where} is not read and listed as it was written, or is still listed once it is deleted`,
      "Look at the store's log; without a journal no upload can begin.",
    )
  }
  if (isPublic) {
    return warning(
      `anybody can read the entries ${where}: they are encrypted, but tell how much is uploaded, and when`,
      `Take the public statement out of the bucket policy and the ACL, and block public access of "${Bucket}".`,
    )
  }
  if (notTaken !== undefined) {
    return warning(`PutObject does not take If-None-Match (${notTaken}); all else works`, SIMULTANEOUS)
  }
  if (refusal === undefined) {
    return warning('PutObject ignores If-None-Match; all else works', SIMULTANEOUS)
  }
  return ok(`an entry ${where} is made once (${refusal}), read, listed and deleted`)
}

/** Thrown if the credentials lack an action. */
class Refused extends Error {
  readonly action: string

  constructor(action: string, cause: unknown) {
    super(action, { cause })
    this.action = action
  }
}

async function allow<T>(action: string, call: Promise<T>): Promise<T> {
  return await call.catch((error: unknown) => {
    const known = toPartwayError(error, action)
    throw known instanceof PartwayError && known.code === 's3_access_denied'
      ? new Refused(action, error)
      : error
  })
}

function ignoreMissing(error: unknown): undefined {
  if (readFailure(error).status !== 404) throw error
}

/** How the store refuses the condition: not met, or not supported (OpenStack Swift). `undefined`: not refused. */
async function refusalOf(put: Promise<unknown>): Promise<string | undefined> {
  return await put.then(
    () => undefined,
    (error: unknown) => {
      if (![412, 501].includes(readFailure(error).status ?? 0)) throw error
      return nameFailure(error)
    },
  )
}

/** Whether an unsigned request can read the entry. */
async function isReadable({ presigner, page, journal }: Probe): Promise<boolean> {
  const { status } = await page.send(await presigner.locate(journal.nothing('entry')), { method: 'GET' })
  return status < 300
}
