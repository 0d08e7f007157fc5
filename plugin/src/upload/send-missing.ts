// Sends the missing parts of a large file in parallel over the page's slots.
import { SIGN_BATCH, type SignedUrl } from '../server/signatures.js'
import { assertUnedited } from './assert-unedited.js'
import type { UploadContext } from './file-upload.js'
import { isSigned } from './part-checksum.js'
import { partBytes } from './plan-parts.js'
import { type PartsRun, sendPart } from './send-part.js'

/** What to send, and what to compare meanwhile. */
interface Missing {
  /** Part numbers. */
  missing: number[]
  /** Signatures that are already here. */
  signed: SignedUrl[]
  /** Compares what S3 has with the file while parts are sent. */
  compareRest(): Promise<void>
}

/** @throws the signal's reason, or why the run has failed */
export async function sendMissing(
  { missing, signed, compareRest }: Missing,
  run: PartsRun,
  context: UploadContext,
): Promise<void> {
  const { file, record, signatures, signal, fail } = run
  const { server, scheduler } = context
  const hasToBeSigned = isSigned(record.checksum)
  // A checksum that has to be signed is not known yet.
  signatures.prefetch(hasToBeSigned ? [] : missing, signed)
  if (signed[0]) scheduler.registerHosts(signed[0].urls)

  const waiting = new Set(missing)
  const rest = waiting.values()
  let left = missing.length
  const workers: Promise<void>[] = []
  // All workers take parts from one iterator, so no part waits for the slowest of a group.
  const work = async () => {
    for (const partNumber of rest) {
      // Another page completes it once all parts are on S3: compare before the last.
      if (partNumber === missing.at(-1)) await comparing
      waiting.delete(partNumber)
      await sendPart(partNumber, run, context)
      record.hasSent = true
      file.progress.arrived(partNumber, partBytes(record.plan, partNumber))
      left--
      // The first part of the last round has arrived.
      if (left === Math.min(scheduler.slots, missing.length) - 1) server.preconnect()
      hire()
    }
  }
  // Again after each part: signatures can name more hosts. All slots may become free at once, so one checksum per slot is
  // computed early.
  const hire = () => {
    const wanted = scheduler.slots * (record.checksum ? 2 : 1) + (hasToBeSigned ? SIGN_BATCH : 0)
    while (workers.length < wanted) workers.push(work().catch(fail))
  }
  // Queues behind the first parts to send, so that comparing does not delay them.
  const comparing = Promise.resolve()
    .then(compareRest)
    .then(() => assertUnedited(waiting, run, context))
  comparing.catch(fail)
  hire()
  for (const worker of workers) await worker
  await comparing.catch(() => {})
  signal.throwIfAborted()
}
