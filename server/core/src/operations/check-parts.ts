// Checks that the parts that S3 holds make up the whole upload.
import { PartwayError } from '../errors.js'
import type { StoredPart } from '../protocol.js'
import { countParts, type PartPlan, partLength } from '../rules/plan-parts.js'

/** @throws PartwayError `parts_missing`, `part_size_mismatch`, `part_mismatch` */
export function checkPlannedParts(stored: StoredPart[], plan: PartPlan): void {
  const partCount = countParts(plan)
  checkGapless(stored, partCount)
  const wrong = stored.filter(({ partNumber, size }) => size !== partLength(plan, partNumber))
  if (wrong.length === 0) return
  const numbers = listNumbers(wrong.map(({ partNumber }) => partNumber))
  throw new PartwayError(
    'part_size_mismatch',
    `Of another size than planned: part ${numbers}. Send it again, then complete again.`,
  )
}

/** A part as a Companion client reports it. */
export interface ReportedPart {
  partNumber: number
  /** With or without its quotes. */
  etag: string
}

/** @throws PartwayError `parts_missing`, `part_mismatch` */
export function checkReportedParts(stored: StoredPart[], reported: ReportedPart[]): void {
  checkGapless(stored, reported.length)
  const etags = new Map(reported.map(({ partNumber, etag }) => [partNumber, bare(etag)]))
  const wrong = stored.filter(({ partNumber, etag }) => etags.get(partNumber) !== bare(etag))
  if (wrong.length === 0) return
  const numbers = listNumbers(wrong.map(({ partNumber }) => partNumber))
  throw new PartwayError('part_mismatch', `S3 holds other content than the client reports: part ${numbers}.`)
}

function checkGapless(stored: StoredPart[], partCount: number): void {
  const held = new Set(stored.map(({ partNumber }) => partNumber))
  const missing: number[] = []
  for (let partNumber = 1; partNumber <= partCount; partNumber++) {
    if (!held.has(partNumber)) missing.push(partNumber)
  }
  if (missing.length > 0) {
    const message = `${missing.length} of ${partCount} parts have not arrived: part ${listNumbers(missing)}.`
    throw new PartwayError('parts_missing', `${message} Send them, then complete again.`)
  }
  if (held.size > partCount) {
    throw new PartwayError('part_mismatch', `S3 holds ${held.size} parts of an upload of ${partCount}.`)
  }
}

const MAX_LISTED = 20

function listNumbers(numbers: number[]): string {
  const listed = numbers.slice(0, MAX_LISTED).join(', ')
  return numbers.length > MAX_LISTED ? `${listed} and ${numbers.length - MAX_LISTED} more` : listed
}

function bare(etag: string): string {
  return etag.replace(/^"|"$/g, '')
}
