// What the Companion routes accept in bodies, paths and query strings.
import { z } from 'zod'
import { MAX_PARTS, MAX_PARTS_PER_SIGN } from '../protocol.js'
import {
  boundedList,
  boundedText,
  FileName,
  FileType,
  MetadataText,
  metadataOf,
  PartNumber,
} from './request-schemas.js'

// `@uppy/aws-s3` sends Uppy's metadata unchanged: `relativePath` is null for most files, a host's own values may be numbers.
const CompanionMetadata = metadataOf(
  z.union([MetadataText, z.number(), z.boolean(), z.null()], 'Invalid input: expected a text'),
).transform((metadata) =>
  Object.fromEntries(
    Object.entries(metadata).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  ),
)

export const CompanionFile = z
  .strictObject({
    filename: FileName,
    type: FileType.default(''),
    metadata: CompanionMetadata.default({}),
  })
  .transform(({ filename, ...file }) => ({ name: filename, ...file }))

const PartNumberText = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, `Invalid input: expected a whole number from 1 to ${MAX_PARTS}`)
  .transform(Number)
  .pipe(PartNumber)

export const PartPath = z.object({ partNumber: PartNumberText })

export const BatchQuery = z.object({
  partNumbers: boundedText(0, 6 * MAX_PARTS_PER_SIGN)
    .transform((list) => list.split(','))
    .pipe(z.array(PartNumberText).max(MAX_PARTS_PER_SIGN)),
})

export const KeyQuery = z.object({ key: z.string() })

export const CompleteBody = z.strictObject({
  parts: boundedList(z.strictObject({ PartNumber, ETag: boundedText(1, 256) }), MAX_PARTS),
})

/** The file that `GET /s3/params` describes, with its metadata as `metadata[name]=value`. */
export function readFileQuery(query: NodeJS.Dict<string | string[]>): object {
  const metadata: [string, unknown][] = []
  for (const [parameter, value] of Object.entries(query)) {
    const name = /^metadata\[(.*)\]$/s.exec(parameter)?.[1]
    if (name !== undefined) metadata.push([name, value])
  }
  const { filename, type } = query
  return { filename, ...(type !== undefined && { type }), metadata: Object.fromEntries(metadata) }
}
