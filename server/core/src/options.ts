// The options of `partway()`, as a host app gives them.
import type { S3Client } from '@aws-sdk/client-s3'
import type { Hooks, UploadedObject } from './hooks.js'
import type { ChecksumKind } from './protocol.js'
import type { QuotaOptions } from './quota/quota-options.js'
import type { FileLimits, Limits } from './rules/limits.js'
import type { ObjectOptions } from './rules/object-options.js'
import type { Refusal } from './rules/refusal.js'
import type { ConnectionOptions } from './s3/connection-options.js'
import type { JournalOptions } from './s3/journal-place.js'
import type { StsOptions } from './s3/temporary-credentials.js'

/** A file as the page describes it. Only its form has been checked. */
export interface UploadFile {
  /** UUID of the upload that this file would get. */
  id: string
  /** The file's name, 1 to 1,024 characters. */
  name: string
  /** MIME type; `''` when the browser knows none. */
  type: string
  /** Bytes; `undefined` for clients of the Companion routes, which do not send it. */
  size: number | undefined
  /** The page's metadata. It can be anything. */
  metadata: Readonly<Record<string, string>>
}

/** What `authorize` may decide for one file, instead of the options of the same names. `undefined` changes nothing. */
export interface Overrides {
  /** One of the buckets in the option `bucket`. */
  bucket?: string | undefined
  /** The object's key; see the option `key`. */
  key?: string | undefined
  /** Replaces what the page sent. */
  metadata?: Readonly<Record<string, string>> | undefined
  /** Replaces the named fields of the option `limits`. */
  limits?: FileLimits | undefined
  /** Replaces the named fields of the option `object`. */
  object?: ObjectOptions | undefined
}

/** `true` or overrides allow the file. `false` or a refusal, whose sentence the user reads, does not. */
export type Decision = boolean | Refusal | Overrides

/** Options whose `undefined` would allow more than their value (`authorize`, `limits`, `quota` and the like) do not accept it. */
export interface CommonOptions<Context, Result = unknown> extends Hooks<Context, Result> {
  /**
   * Bucket that uploads go to. With a list: the first, or the one that `authorize` chooses. Directory buckets (S3 Express One
   * Zone) and Multi-Region Access Points are refused: the former have no CORS, the latter take other signatures.
   */
  bucket: string | readonly [string, ...string[]]
  /**
   * Who uploads. Called on every request. A ticket is valid only for its own owner. `'anonymous'` instead of a function makes
   * uploading public: all visitors are one owner then.
   *
   * @returns an id of the signed-in user, at most 128 bytes, that never changes. `undefined`, `null` or `''` means not signed in: the
   * page gets 401 `not_signed_in`.
   * @throws The call fails. A `PartwayError` reaches the page. Your app handles any other error.
   * @see docs/who-may-upload.md#who-is-calling-owner
   */
  owner: 'anonymous' | ((ctx: Context) => string | undefined | Promise<string | undefined>)
  /**
   * Whether `owner` may upload this file. Called before anything else is decided, and again when a page repeats or resumes:
   * decide the same for the same file, and change nothing.
   *
   * @default every owner may
   * @returns `true`: the file may be uploaded, with the options as they are. {@link Overrides}: it may, with these values instead of
   * the options. `false` or a {@link Refusal}: it may not. Anything else is an error and allows nothing.
   * @throws The file is not allowed. A `PartwayError` reaches the page. It gets `internal_error` for any other error, which goes to
   * your error log.
   * @see docs/who-may-upload.md#decide-about-each-file-authorize
   */
  authorize?: (ctx: Context, file: UploadFile, owner: string) => Decision | Promise<Decision>
  /**
   * Which files are allowed. `GET /config` publishes them, so `@partway/uppy` tells the user when a file is added. Set them to the
   * most that anyone may upload, and let `authorize` reduce it.
   * @default S3's own bounds
   * @see docs/who-may-upload.md#bound-every-file-limits
   */
  limits?: Limits
  /**
   * How much an owner may upload.
   * @default no bound
   * @see docs/quotas.md
   */
  quota?: QuotaOptions
  /**
   * How S3 keeps the objects: access, encryption, storage class, caching, tags.
   * @default the bucket's own settings
   * @see docs/after-the-upload.md#keys-metadata-and-headers-of-objects
   */
  object?: ObjectOptions
  /**
   * Compares the first 4,100 bytes of each object with its declared type when the upload is completed, and deletes the object if
   * they do not fit. Every file that is not empty then goes in parts.
   * @default false
   * @see docs/after-the-upload.md#look-at-the-content
   */
  verifyContent?: boolean
  /**
   * Your own check of each object when its upload is completed. `head` is its first 4,100 bytes at most. `ctx` is
   * `undefined` when the server completes the upload by itself. Every file that is not empty then goes in parts.
   *
   * @default no check
   * @returns `true` keeps the object. `false` or a {@link Refusal} deletes it and fails the upload. Anything else is an error.
   * @throws The object stays, unfinished, and the page gets 500 `hook_failed`. Completing again checks again.
   * @see docs/after-the-upload.md#look-at-the-content
   */
  onVerify?: (
    object: UploadedObject,
    head: Uint8Array,
    ctx: Context | undefined,
  ) => boolean | Refusal | Promise<boolean | Refusal>
  /**
   * Origins of pages on other sites that may upload here with their users' cookies, such as
   * `https://www.example.com`. Requests from all other sites are refused.
   * @default [] (only the app's own origin)
   * @see docs/who-may-upload.md#pages-on-other-origins
   */
  allowedOrigins?: readonly string[] | undefined
  /**
   * Where the journal is: one encrypted object for each granted upload, until that has ended. With it, the server can finish an
   * upload whatever happens to its page.
   * @default `{ prefix: '.partway/' }` in the (first) `bucket`
   * @see docs/how-it-works.md#the-journal
   */
  journal?: JournalOptions | undefined
  /**
   * Seconds between two looks at the journal; 0, or 10 to 3,600. Each upload is due 1, 2, 4, 8 and 15 minutes after it was
   * created, then every 15 minutes, after a day every hour: whole uploads are completed, expired ones are aborted, and small
   * files that never arrived no longer count against the quota. 0: never, for hosts without a long-lived process (Lambda); call
   * `finish()` from a timer there.
   * @default 60
   * @see docs/after-the-upload.md#when-the-page-has-gone
   */
  finishEverySeconds?: number | undefined
  /**
   * The routes of Uppy's Companion (`/s3/…`), for an unmodified `@uppy/aws-s3`. They guarantee less, because these clients do
   * not send a file's size: parts of any length are signed.
   * @default false
   * @see docs/companion.md
   */
  companion?: boolean | undefined
  /**
   * Gives pages temporary credentials for the owner's prefix (`GET /s3/sts`, also without `companion`), for `@uppy/aws-s3` or
   * their own requests to S3. `authorize`, `limits`, `quota`, `object`, content checks and hooks do not apply to what they send.
   * @default off
   * @see docs/companion.md#temporary-credentials
   */
  sts?: StsOptions | undefined
  /**
   * Secrets that sign tickets and encrypt the journal, each at least 32 characters: the first signs, all verify. Servers with the
   * same secrets serve the same uploads. To change them, add the new one at the end on all servers, then move it to the front,
   * then remove the old one once its tickets have expired. If `app.keys` are missing or short, the app's error log hears of it, and
   * each call is answered with 500 `secrets_invalid`.
   * @default `app.keys` of the Koa app, read at the first request
   */
  secrets?: readonly string[] | undefined
  /**
   * Where the routes are, relative to where the middleware is mounted. May hold parameters (`/tenants/:tenant/uploads`). `'/'`
   * for no path.
   * @default '/uploads'
   * @see docs/mounting.md
   */
  path?: string | undefined
  /**
   * Name of the mount, 1 to 128 characters. A ticket is valid only at the mount that granted it, which is the path that the
   * page calls, such as `/tenants/a/uploads`. A name replaces the path, so that tickets stay valid when a mount moves or is
   * reached by several paths; the values of the path's parameters always count. Give no two mounts one name, unless each
   * may complete what the other has granted. `finish()` needs a name before the first request shows where the mount is.
   * @default none
   * @see docs/mounting.md#several-mounts
   */
  name?: string | undefined
  /** Prefix of every key that `key` does not make. At most 822 bytes, no slash at its start. @default '' */
  keyPrefix?: string
  /**
   * Makes the object's key. Two uploads must never get the same key: use `file.id`, the upload's UUID. Otherwise the same file
   * must get the same key, or it is not resumed after a reload.
   *
   * @default `<keyPrefix><owner>/<id>/<safe name>`
   * @returns the key, at most 1,024 bytes, without `.` or `..` segments or a slash at its start, and not below the journal's prefix.
   * Anything else is an error.
   * @throws The upload is not created. A `PartwayError` reaches the page. It gets `internal_error` for any other error, which goes to
   * your error log.
   * @see docs/after-the-upload.md#keys-metadata-and-headers-of-objects
   */
  key?: (ctx: Context, file: UploadFile, owner: string) => string | Promise<string>
  /**
   * Bytes of a part; 5 MiB to 5 GiB. A file that would need over 1,000 parts gets larger ones, up to 32 MiB; one that would need
   * over 10,000 gets parts as large as it takes.
   * @default about 8 MiB: as many parts as keep all of a browser's connections to S3 busy to the end
   */
  partSize?: number | undefined
  /**
   * A file of more bytes than this goes in parts; 0 to 5 GiB. Empty files never do. It must be 0 with `verifyContent` or `onVerify`.
   * @default `partSize`, or 8 MiB; 0 with `verifyContent` or `onVerify`
   */
  multipartThreshold?: number | undefined
  /**
   * How a file below the threshold goes: by form POST, which browsers send without a preflight, or by PUT, for stores
   * without form POST (Cloudflare R2, OpenStack Swift). @default 'form'
   */
  singleUpload?: 'form' | 'put' | undefined
  /**
   * Further addresses of the same buckets, for browsers to use at the same time: they open six connections to each host name.
   * `'aws'`: AWS's names for a bucket in its region. Otherwise at most 7 URLs with `{bucket}` in the host or path, such as
   * `https://{bucket}.s3.dualstack.eu-west-1.amazonaws.com`. The page's Content-Security-Policy must allow them (`connect-src`).
   * The page skips one that it cannot reach.
   * @default [] (none)
   * @see docs/large-files.md#more-connections
   */
  hosts?: 'aws' | readonly string[] | undefined
  /**
   * Signs browsers' requests, with credentials that allow only `s3:PutObject`. For stores that do not require `x-amz-*`
   * headers to be signed (Ceph 18): with read permission, a page could copy another object into its own.
   * @default the client that the server itself uses
   * @see docs/stores.md
   */
  signingClient?: S3Client
  /**
   * What `@partway/uppy` sends each part with, for S3 to verify. `'md5'`: the header `Content-MD5`, which every S3 verifies
   * and most keep as the part's ETag, so that a resumed upload can be compared with the file. `'crc64nvme'`: the
   * header `x-amz-checksum-crc64nvme`, for stores that know it (AWS does, Ceph 18 ignores it); S3 then also verifies the whole
   * object. `'none'`: nothing.
   * @default 'md5'
   * @see docs/large-files.md#checksums
   */
  checksum?: ChecksumKind | 'none' | undefined
  /**
   * Seconds that S3 accepts a signature; 1 to 604,800. It is less if the server's own credentials expire sooner.
   * @default 3600
   */
  urlExpiresInSeconds?: number | undefined
  /**
   * Seconds that an upload can be resumed; 60 to 31,536,000. Let the bucket's lifecycle rule abort incomplete uploads after the
   * same time. @default 604800 (7 days)
   */
  ticketExpiresInSeconds?: number | undefined
  /** Milliseconds for each call to S3, the SDK's retries included; 100 to 600,000. @default 60000 */
  s3TimeoutMs?: number | undefined
}

/** @typeParam Context the framework's object for a request. @typeParam Result what `onComplete` returns */
export type PartwayOptions<Context, Result = unknown> = CommonOptions<Context, Result> & ConnectionOptions
