// The native wire protocol: what the plugin and the middleware say to each other, as JSON.
// Every route has a fixed path, so that a cross-origin page preflights each of them once.

/** Most files in one `/create`, and most tickets in one `/complete` or `/abort`. */
export const MAX_FILES_PER_CALL = 100

/** Most parts in one `/sign`. */
export const MAX_PARTS_PER_SIGN = 100

/** S3's bound on the parts of one upload. Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits". */
export const MAX_PARTS = 10_000

/**
 * How a part's bytes are verified by S3: `md5` as the header `Content-MD5`, `crc64nvme` as `x-amz-checksum-crc64nvme`. Values
 * are in Base64.
 */
export type ChecksumKind = 'md5' | 'crc64nvme'

/** What failed, in every reply that is not a success and in every failed item of a batch. */
export interface ErrorBody {
  /** A sentence: what happened and what to do. */
  error: string
  /** Stable, in snake_case, for programs: one of the server's, or of the host's own `authorize` or `onVerify`. */
  code: string
  /** The HTTP status that fits, also where the item travels inside a 200 reply. */
  status: number
  /** The request field that is wrong, such as `files[2].size`. */
  field?: string
  /** Seconds after which a repetition may succeed. */
  retryAfter?: number
  /** The object was deleted for what is in it: to try again, all of it has to be sent. */
  deleted?: boolean
  /** Of the request, for the host's log; also the header `X-Request-Id` of every reply. */
  requestId?: string
}

/** What is left of an owner's quota. */
export interface QuotaLeft {
  /** `null`: as many as the owner likes. */
  files: number | null
  /** `null`: as many as the owner likes. */
  bytes: number | null
  /** Uploads that are begun and neither completed nor aborted. They count already: continuing one takes nothing more. */
  unfinished: number
}

/** `GET /config`: what the page should know before the user picks files. */
export interface ConfigReply {
  limits: {
    /** Bytes. */
    maxFileSize: number
    /** Bytes. */
    minFileSize: number
    /** MIME types, with `type/*` for all of a kind; `null`: all. */
    types: string[] | null
    /** File name endings with their dot; `null`: all. A file has to fit `types` as well. */
    extensions: string[] | null
    /** Characters. */
    maxNameLength: number
    /** Metadata that is stored; what else is sent is left out. `null`: all. */
    metadataKeys: string[] | null
    /** Bytes of names and encoded values. */
    maxMetadataBytes: number
    /** Most files in one `/create`. */
    maxFilesPerRequest: number
  }
  /** Bytes of a part, about: each grant says them exactly. */
  partSize: number
  /**
   * So many parts go at the same time. A file is cut into a multiple of it, as far as S3's smallest part allows. Missing: parts have
   * `partSize`, whatever their number.
   */
  partsAtOnce?: number
  /** Bytes; larger files go in parts. */
  multipartThreshold: number
  /** S3's, such as `https://s3.example.com`: its own first, then those of `hosts`. A page may connect to them ahead. */
  storageOrigins: string[]
  /** What parts are sent with; each multipart grant says it again. */
  checksum: ChecksumKind | 'none'
  /** How files are sent that do not go in parts. */
  singleUpload: 'form' | 'put'
  /** The caller's. Missing: there is no quota, or it cannot be told now. */
  quota?: QuotaLeft
}

/** `GET /health`: status 200 if all is well, else 503. */
export interface HealthReply {
  ok: boolean
  /** What is wrong, as in {@link ErrorBody}. */
  code?: string
}

/** A file that the page wants to upload. */
export interface FileRequest {
  /** The file's name, as the user sees it. 1 to 1,024 characters. */
  name: string
  /** MIME type; `''` when the browser knows none. */
  type: string
  /** Bytes, 0 to 10,000 × 5 GiB. */
  size: number
  /** Becomes S3 object metadata. */
  metadata?: Record<string, string>
  /** Base64 of the file's MD5. If the file goes in one request, S3 and the server verify its content by it. */
  md5?: string
  /**
   * 16 to 64 letters, digits, `_` and `-`, of the page's making: the same for one file in one browser. An upload in parts that was
   * begun with it, and has not ended, is granted again; and so is what a call began whose reply got lost.
   */
  idempotencyKey?: string
  /** From an earlier grant of this file: only who began it goes on with it. Else `signed_in_as_other`. */
  owner?: string
}

/** Where a signed request goes. */
export interface SignedUrls {
  url: string
  /** The same request, signed for the other host names of S3. Missing: there are none. */
  alternatives?: string[]
}

/** One part, ready to send: PUT exactly the planned bytes to `url`. */
export interface SignedPart extends SignedUrls {
  /** 1 to 10,000. */
  partNumber: number
  /** To be sent exactly like this. */
  headers?: Record<string, string>
  /** Seconds from now until S3 refuses the URL. Count them with a monotonic clock from the reply's arrival. */
  expiresIn: number
}

interface GrantBase {
  /** Stands for this upload in every later call. Opaque to the page. */
  ticket: string
  /** The object's key in the bucket. */
  key: string
  /** Stands for who is signed in: the same in all grants for the same owner. */
  owner: string
}

/** A small file: one form POST of `fields`, then the file as the field `file`. */
export interface FormGrant extends GrantBase, SignedUrls {
  kind: 'form'
  fields: Record<string, string>
  expiresIn: number
}

/** A small file, for stores without form POST: one PUT with exactly `headers`. */
export interface PutGrant extends GrantBase, SignedUrls {
  kind: 'put'
  headers: Record<string, string>
  expiresIn: number
}

/** A large file: part n holds bytes [(n-1) × partSize, min(n × partSize, size)). */
export interface MultipartGrant extends GrantBase {
  kind: 'multipart'
  partSize: number
  partCount: number
  /** Seconds from now until the server stops to accept the ticket. */
  ticketExpiresIn: number
  /**
   * What each part is to be sent with, for S3 to verify. `md5` needs no signature: it is the header `Content-MD5`. The
   * others are told to `/sign`, which gives the headers to send. Missing: nothing.
   */
  checksum?: ChecksumKind
  /** What S3 has of it. Empty: it is new, or nothing has arrived. */
  stored: StoredPart[]
  /** The first signed parts of those that S3 does not have. Empty where a checksum has to be signed. */
  parts: SignedPart[]
  /** S3 has all of it, put together: complete it, and send nothing. */
  isComplete?: true
}

export type Grant = FormGrant | PutGrant | MultipartGrant

/** `POST /create` */
export interface CreateRequest {
  /**
   * 16 to 64 letters, digits, `_` and `-`: the same in all calls of one browser, and no other browser knows it. With owner
   * `'anonymous'` it is what gives uploads back to who began them.
   */
  browser?: string
  /** 1 to {@link MAX_FILES_PER_CALL}. */
  files: FileRequest[]
}
/** One item per file, in the order of the request. */
export interface CreateReply {
  uploads: (Grant | ErrorBody)[]
}

/** A part that is about to be sent. */
export interface PartToSign {
  partNumber: number
  /** Base64. */
  checksum?: string
}

/** `POST /sign` */
export interface SignRequest {
  ticket: string
  /**
   * 1 to {@link MAX_PARTS_PER_SIGN} distinct part numbers, each with its checksum where the grant's `checksum` is another
   * than `md5`.
   */
  parts: PartToSign[]
}
export interface SignReply {
  parts: SignedPart[]
}

/** `POST /parts`: what S3 holds of an upload, every page. */
export interface PartsRequest {
  ticket: string
  /** Whether to sign the first parts that S3 does not hold, for who will send them. @default false */
  sign?: boolean
}
export interface StoredPart {
  partNumber: number
  size: number
  /** As S3 gives it, with its quotes. */
  etag: string
  /** What S3 knows of its content. Missing: nothing. */
  checksums?: Partial<Record<ChecksumKind, string>>
}
export interface PartsReply {
  parts: StoredPart[]
  /** Where they were asked for. Empty where a checksum has to be signed. */
  signed?: SignedPart[]
}

/** `POST /abort` */
export interface TicketsRequest {
  /** 1 to {@link MAX_FILES_PER_CALL}. */
  tickets: string[]
}

/** `POST /complete` */
export interface CompleteRequest extends TicketsRequest {
  /**
   * Of the whole file, in Base64, where `tickets` has one entry: with a grant's `checksum` of `crc64nvme`, that of the whole,
   * which S3 verifies; with `md5`, the MD5 of the MD5s of all parts, which the server compares with what S3 has.
   */
  checksum?: string
}

/** A finished upload. */
export interface CompletedUpload {
  /** The object's URL, percent-encoded. It says where the object is, not that anyone may read it. */
  location: string
  key: string
  size: number
  etag: string
  /** What the host's `onComplete` returned. */
  body?: object
}
/** One item per ticket, in the order of the request. */
export interface CompleteReply {
  uploads: (CompletedUpload | ErrorBody)[]
}

/** `POST /unfinished`: the owner's uploads in parts that are neither completed nor aborted, begun in whatever browser. */
export interface UnfinishedRequest {
  /** See {@link CreateRequest}. */
  browser?: string
  /** Only those of this file. */
  idempotencyKey?: string
  /** Only this one. */
  id?: string
  /** The page behind the one that ended with this. */
  after?: string
}
export interface UnfinishedUpload
  extends Pick<
    MultipartGrant,
    'ticket' | 'key' | 'owner' | 'partSize' | 'partCount' | 'ticketExpiresIn' | 'checksum'
  > {
  id: string
  /** As the page sent it. */
  name: string
  /** As the page sent it. */
  type: string
  /** Bytes of the whole file. */
  size: number
  /** As the page sent it. */
  metadata: Record<string, string>
  /** Bytes of the parts that S3 holds. */
  bytesUploaded: number
  /** Seconds since 1970. */
  createdAt: number
  /** By the browser that asks. */
  startedHere: boolean
  /** Who creates with it, and the same name, type, size and metadata, goes on with the upload. Where its page gave none, the server made one. */
  idempotencyKey?: string
}
export interface UnfinishedReply {
  /** Up to 100. */
  uploads: UnfinishedUpload[]
  /** There may be more, behind this. */
  after?: string
}

/** `null` once S3 holds nothing of the upload any more. One item per ticket, in the order of the request. */
export interface AbortReply {
  uploads: (null | ErrorBody)[]
}
