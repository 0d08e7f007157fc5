// Sends what S3 does not have of a large file: `decide.ts` decides each step, and this file carries it out.
import type { PartToSign, StoredPart } from '@partway/server/protocol'
import { ClientError, PartwayError } from '../errors.js'
import { Signatures, withLifetime } from '../server/signatures.js'
import { Health } from '../transfer/retry.js'
import { AnotherUpload, type Comparison, decideNext, type NextStep } from './decide.js'
import type { FileUpload, UploadContext } from './file-upload.js'
import { comparePart, computeAll } from './part-checksum.js'
import { isUnproven } from './picked-upload.js'
import { sendMissing } from './send-missing.js'
import type { PartsRun } from './send-part.js'
import type { KnownParts, MultipartRecord } from './upload-record.js'

/** When this many signed parts or fewer wait for their slot, more are signed at once. */
const FEW = 2

/** An upload that S3 no longer knows. */
interface Gone {
  error: PartwayError
}

/**
 * Sends what S3 does not hold yet. Once this settles, none of the file's transfers is in flight.
 *
 * @param created What came with the grant; otherwise S3 is asked what it holds. `'complete'`: the object is finished.
 * @throws AnotherUpload if what S3 holds is not the file's, or is not known to be; ClientError `file_differs`, where the user
 * picked the file, `file_unreadable`, `script_unavailable`; or the signal's reason.
 */
export async function sendParts(
  file: FileUpload,
  record: MultipartRecord,
  created: KnownParts | 'complete' | undefined,
  context: UploadContext,
  signal: AbortSignal,
): Promise<void> {
  const { server, scheduler } = context
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const sign = (parts: PartToSign[]) => server.sign(record.ticket, parts, stop)
  const signatures = new Signatures(sign, stop, () => scheduler.waiting(file) <= FEW)
  const fail = (error: unknown) => failed.abort(error)
  const run: PartsRun = { file, record, signatures, health: new Health(), signal: stop, fail }
  const known = created ?? (await askForParts(run, context))
  if (known !== 'complete' && 'stored' in known) return await goOn(known, run, context)
  if (known !== 'complete' && isUnproven(file)) throw new AnotherUpload(known.error)
  // It may be complete, by another page, by the server, or with the reply lost: completing it again shows, and compares.
  await computeAll(file, record, context, signal)
}

async function goOn({ stored, signed }: KnownParts, run: PartsRun, context: UploadContext): Promise<void> {
  const { file, record, signal } = run
  const { plan } = record
  const { name } = file.request
  const isFound = record.compare !== undefined && stored.length > 0
  if (record.checksum !== undefined) record.compare ??= compareAgain(record, stored)
  const compared = new Map<number, Comparison>()
  const decide = () => {
    const { checksum, compare, hasSent = false } = record
    const facts = {
      plan,
      hasChecksum: checksum !== undefined,
      compare,
      hasSent,
      isUnproven: isUnproven(file),
    }
    return assertGoesOn(decideNext({ ...facts, stored, compared }), name)
  }
  const compare = async (part: StoredPart) => {
    const comparison = await comparePart(part, file, record, context, signal)
    compared.set(part.partNumber, comparison)
    return comparison
  }
  let next = decide()
  const storedBytes = stored.reduce((sum, { size }) => sum + size, 0)
  file.progress.start(storedBytes)
  // A listener of that may have removed the file.
  signal.throwIfAborted()
  if (isFound) {
    context.notify('resuming', { name, percent: Math.floor((storedBytes / plan.size) * 100) })
  }
  while (next.step === 'compare') {
    await compare(next.part)
    next = decide()
  }
  if (file.picked) file.picked.isSame = true
  if (next.step === 'send') {
    const { missing, compare: rest } = next
    const compareRest = async () => {
      for (const part of rest) if ((await compare(part)) !== 'same') decide()
      record.compare = undefined
    }
    await sendMissing({ missing, signed, compareRest }, run, context)
  } else record.compare = undefined
}

/**
 * Since this page asked what S3 has, another may have sent parts. What this page has sent was the file's, so nothing is mixed
 * yet: parts that it does not know are compared before it sends more.
 */
function compareAgain(record: MultipartRecord, stored: StoredPart[]): MultipartRecord['compare'] {
  record.hasSent = false
  return stored.every(({ partNumber }) => record.checksums.has(partNumber)) ? 'beside' : 'first'
}

type GoesOn = Exclude<NextStep, { step: 'leave' | 'refuse' }>

function assertGoesOn(next: NextStep, name: string): GoesOn {
  const differs = new ClientError('file_differs', { name })
  if (next.step === 'leave') throw new AnotherUpload(differs, next.isMixed)
  if (next.step === 'refuse') throw differs
  return next
}

async function askForParts(
  { file, record: { ticket }, signal }: PartsRun,
  { server, notify }: UploadContext,
): Promise<KnownParts | Gone> {
  try {
    // Asking for signatures would join the upload, and the file may not belong to it.
    const ask = isUnproven(file) ? { ticket } : { ticket, sign: true }
    const { parts, signed = [] } = await server.storedParts(ask, signal, notify)
    return { stored: parts, signed: withLifetime(signed) }
  } catch (error) {
    if (error instanceof PartwayError && error.code === 'upload_gone') return { error }
    throw error
  }
}
