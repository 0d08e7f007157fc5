// What the native routes accept, checked at the edge: unknown fields, wrong types and wrong sizes end here.
import { z } from 'zod'
import { PartwayError } from '../errors.js'
import {
  type CompleteRequest,
  type CreateRequest,
  MAX_FILES_PER_CALL,
  MAX_PARTS,
  MAX_PARTS_PER_SIGN,
  type PartsRequest,
  type SignRequest,
  type TicketsRequest,
  type UnfinishedRequest,
} from '../protocol.js'
import { MAX_OBJECT_SIZE } from '../rules/plan-parts.js'
import { MAX_TICKET_LENGTH } from '../tickets/ticket-token.js'

const MAX_METADATA_ENTRIES = 64

// Zod's own bounds measure whatever has a `length`, whose own may be anything. These look at what has the type alone.
/** @param min and `max` in UTF-16 code units */
export const boundedText = (min: number, max: number) =>
  z.string().refine(...lengthWithin(min, max, 'characters'))

/** Counted before the items are looked at, so that a huge list costs one error and not one per item. */
export const boundedList = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .custom<unknown[]>(Array.isArray, 'Invalid input: expected a list')
    .refine(...lengthWithin(1, max, 'items'))
    .pipe(z.array(item))

function lengthWithin(min: number, max: number, of: string) {
  const fits = ({ length }: { length: number }) => length >= min && length <= max
  return [fits, `Invalid input: expected ${min} to ${max} ${of}`] as const
}

const text = (min: number, max: number) =>
  boundedText(min, max).refine(
    (value) => !/\p{Surrogate}/u.test(value),
    'Invalid input: lone surrogates are not text',
  )

export const FileName = text(1, 1024)
export const FileType = boundedText(0, 255)
export const TicketText = boundedText(1, MAX_TICKET_LENGTH)
/** Base64 of 32 bytes at most; which kind it is, the ticket says. */
const ChecksumText = boundedText(1, 44)
export const PartNumber = z.int().min(1).max(MAX_PARTS)

/** @param value such as `z.string()` for native clients */
export function metadataOf<Value extends z.ZodType<unknown, unknown>>(value: Value) {
  return (
    z
      .custom<Record<string, unknown>>(
        (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
        'Invalid input: expected an object',
      )
      .refine((entries) => Object.keys(entries).length <= MAX_METADATA_ENTRIES, {
        message: `Too big: expected at most ${MAX_METADATA_ENTRIES} entries`,
        abort: true,
      })
      // The record below would leave it out without a word.
      .refine((entries) => !Object.hasOwn(entries, '__proto__'), {
        message: 'Invalid key: __proto__',
        abort: true,
      })
      .pipe(z.record(z.string(), value))
  )
}

export const MetadataText = text(0, 2048)

/** Of an upload in parts in its owner's folder of the journal. */
const UploadName = z.string().regex(/^m-[\w-]{45}~{0,4}$/)

/** Of a page's making. */
const Token = z.string().regex(/^[\w-]{16,64}$/)

export const CreateBody: z.ZodType<CreateRequest> = z.strictObject({
  browser: Token.exactOptional(),
  files: boundedList(
    z.strictObject({
      name: FileName,
      type: FileType,
      size: z.int().min(0).max(MAX_OBJECT_SIZE),
      metadata: metadataOf(MetadataText).exactOptional(),
      // 16 bytes.
      md5: z
        .string()
        .regex(/^[A-Za-z0-9+/]{21}[AQgw]==$/)
        .exactOptional(),
      idempotencyKey: Token.exactOptional(),
      owner: boundedText(1, 64).exactOptional(),
    }),
    MAX_FILES_PER_CALL,
  ),
})

export const SignBody: z.ZodType<SignRequest> = z.strictObject({
  ticket: TicketText,
  parts: boundedList(
    z.strictObject({ partNumber: PartNumber, checksum: ChecksumText.exactOptional() }),
    MAX_PARTS_PER_SIGN,
  ),
})

export const PartsBody: z.ZodType<PartsRequest> = z.strictObject({
  ticket: TicketText,
  sign: z.boolean().exactOptional(),
})

export const UnfinishedBody: z.ZodType<UnfinishedRequest> = z.strictObject({
  browser: Token.exactOptional(),
  idempotencyKey: Token.exactOptional(),
  id: UploadName.exactOptional(),
  after: UploadName.exactOptional(),
})

const tickets = boundedList(TicketText, MAX_FILES_PER_CALL)

export const TicketsBody: z.ZodType<TicketsRequest> = z.strictObject({ tickets })

export const CompleteBody: z.ZodType<CompleteRequest> = z
  .strictObject({ tickets, checksum: ChecksumText.exactOptional() })
  .refine(({ tickets, checksum }) => checksum === undefined || tickets.length === 1, {
    message: 'Invalid input: a checksum is of one ticket alone',
    path: ['checksum'],
  })

/** @throws PartwayError `invalid_request` that names the first wrong field */
export function parseRequest<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path =
    issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : (issue?.path ?? [])
  const field = formatPath(path)
  throw new PartwayError(
    'invalid_request',
    `${field || 'The body'} is not valid: ${shorten(issue?.message ?? '')}.`,
    {
      field: field || undefined,
    },
  )
}

function formatPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${shorten(String(step))}`))
  return steps.join('').replace(/^\./, '')
}

// Messages can quote the request, and a request can be 1 MiB.
function shorten(message: string): string {
  return message.length <= 100 ? message : `${message.slice(0, 100)}…`
}
