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

/** The page's description of a file, checked only for its form. */
export interface UploadFile {
  /** UUID of the upload that this file would get. */
  id: string
  name: string
  /** MIME type; `''` when the browser knows none. */
  type: string
  /** Bytes; `undefined` for clients of the Companion routes, which do not send it. */
  size: number | undefined
  metadata: Readonly<Record<string, string>>
}

/** What `authorize` may decide for one file, instead of the options of the same names. `undefined` changes nothing. */
export interface Overrides {
  /** One of the buckets in the option `bucket`. */
  bucket?: string | undefined
  /** See the option `key`. */
  key?: string | undefined
  /** Replaces what the page sent. */
  metadata?: Readonly<Record<string, string>> | undefined
  limits?: FileLimits | undefined
  /** Added to the option `object`. */
  object?: ObjectOptions | undefined
}

/** `true` or overrides allow the file. `false` or a refusal, whose sentence the user reads, does not. */
export type Decision = boolean | Refusal | Overrides

/** Options whose `undefined` would allow more than their value (`authorize`, `limits`, `quota` and the like) do not accept it. */
export interface CommonOptions<Context, Result = unknown> extends Hooks<Context, Result> {
  /** Bucket that uploads go to. With a list: the first, or the one that `authorize` chooses. */
  bucket: string | readonly [string, ...string[]]
  /**
   * Who uploads. `undefined` means not signed in and is answered with 401; tickets are valid only for their own owner.
   * At most 128 bytes. `'anonymous'` instead of a function makes uploading public.
   */
  owner: 'anonymous' | ((ctx: Context) => string | undefined | Promise<string | undefined>)
  /**
   * Whether `owner` may upload this file, called before anything else is decided. Anything but a {@link Decision}
   * is an error and allows nothing.
   * @default every owner may
   */
  authorize?: (ctx: Context, file: UploadFile, owner: string) => Decision | Promise<Decision>
  /** Which files are allowed. `GET /config` publishes them, so the plugin warns the user before the upload. */
  limits?: Limits
  /** How much an owner may upload. @default no bound */
  quota?: QuotaOptions
  /** How S3 keeps the objects. */
  object?: ObjectOptions
  /**
   * Compares the first bytes of each object with its declared type when the upload is completed, and deletes it if
   * they do not fit. @default false
   */
  verifyContent?: boolean
  /**
   * The host's own check of each object when its upload is completed. `head` is its first 4,100 bytes at most.
   * `ctx` is `undefined` without a page's request: see `finishEverySeconds`. `true` keeps the object. `false` or a refusal
   * deletes it and fails the upload. Anything else is an error: the object stays unfinished, and completing again checks again.
   */
  onVerify?: (
    object: UploadedObject,
    head: Uint8Array,
    ctx: Context | undefined,
  ) => boolean | Refusal | Promise<boolean | Refusal>
  /**
   * Origins of pages on other sites that may upload here with their users' cookies, such as
   * `https://www.example.com`. Requests from all other sites are refused. @default [] (the app's own origin only)
   */
  allowedOrigins?: readonly string[] | undefined
  /**
   * Where every granted upload is recorded until it has ended, so that the server can finish it whatever happens to its page. One
   * object each, encrypted; see "The journal" in the README. @default `{ prefix: '.partway/' }` in the (first) `bucket`
   */
  journal?: JournalOptions | undefined
  /**
   * Seconds between two looks at the journal; 10 to 3600. Each upload is looked at 1, 2, 4, 8 and 15 minutes after it was
   * created, then every 15 minutes, after a day every hour: whole uploads are completed, expired ones are aborted, and small
   * files that never arrived no longer count against the quota. 0: never, for hosts without a long-lived process (Lambda); call
   * `finish()` from a timer there. @default 60
   */
  finishEverySeconds?: number | undefined
  /**
   * The routes of Uppy's Companion (`/s3/…`), for an unmodified `@uppy/aws-s3`. They guarantee less, because these clients do
   * not send a file's size: parts of any length are signed. @default false
   */
  companion?: boolean | undefined
  /**
   * Gives `@uppy/aws-s3` temporary credentials for the owner's prefix (`GET /s3/sts`, also without `companion`).
   * @default off
   */
  sts?: StsOptions | undefined
  /**
   * Secrets for tickets, each at least 32 characters: the first signs, all verify. Servers with the same secrets serve
   * the same uploads. To change them, add the new one at the end on all servers, then move it to the front, then remove
   * the old one once its tickets have expired.
   * @default `app.keys` of the Koa app
   */
  secrets?: readonly string[] | undefined
  /** Where the routes are, relative to where the middleware is mounted. May hold parameters. @default '/uploads' */
  path?: string | undefined
  /**
   * Name of the mount, 1 to 128 characters. A ticket is valid only at the mount that granted it, which is the path that the
   * page calls, such as `/tenants/a/uploads`. A name replaces the path, so that tickets stay valid when a mount moves or is
   * reached by several paths; the values of the path's parameters always count. Give no two mounts one name, unless each
   * may complete what the other has granted. `finish()` needs a name before the first request shows where the mount is.
   * @default none
   */
  name?: string | undefined
  /** Prefix of every key that `key` does not make. At most 822 bytes, no slash at its start. @default '' */
  keyPrefix?: string
  /**
   * Makes the object's key, at most 1,024 bytes. Two uploads must never get the same key: use `file.id`, the upload's
   * UUID. @default `<keyPrefix><owner>/<id>/<name, with only letters, digits, . _ and ->`
   */
  key?: (ctx: Context, file: UploadFile, owner: string) => string | Promise<string>
  /**
   * Bytes of a part, 5 MiB to 5 GiB; more for files that would need over 1,000 parts. @default about 8 MiB: as many parts
   * as keep all of a browser's connections to S3 busy to the end
   */
  partSize?: number | undefined
  /**
   * A file of more bytes than this goes in parts; 0 to 5 GiB. Empty files never do.
   * @default `partSize`, or 8 MiB; 0 with `verifyContent` or `onVerify`, where it cannot be more
   */
  multipartThreshold?: number | undefined
  /**
   * How a file below the threshold goes: by form POST, which browsers send without a preflight, or by PUT, for stores
   * without form POST (Cloudflare R2, OpenStack Swift). @default 'form'
   */
  singleUpload?: 'form' | 'put' | undefined
  /**
   * Further addresses of the same buckets, for browsers to use at the same time: they open six connections per host name. Each
   * needs `{bucket}` in its host or path, such as `https://{bucket}.s3.dualstack.eu-west-1.amazonaws.com`; `'aws'`: AWS's
   * names for a bucket in its region. At most 7. The page's Content-Security-Policy must allow them (`connect-src`); the page
   * skips one that it cannot reach. @default [] (none)
   */
  hosts?: 'aws' | readonly string[] | undefined
  /**
   * Signs browsers' requests, with credentials that allow only `s3:PutObject`. For stores that do not require `x-amz-*`
   * headers to be signed (Ceph 18): with read permission, a page could copy another object into its own.
   * @default the client that the server itself uses
   */
  signingClient?: S3Client
  /**
   * What `@partway/uppy` sends each part with, for S3 to verify. `md5`: the header `Content-MD5`, which every S3 verifies
   * and most keep as the part's ETag, so that a resumed upload can be compared with the file. `crc64nvme`: the
   * header `x-amz-checksum-crc64nvme`, for stores that know it (AWS does, Ceph 18 ignores it); S3 then also verifies the whole
   * object. @default 'md5'
   */
  checksum?: ChecksumKind | 'none' | undefined
  /** Seconds that S3 accepts a signature; 1 to 604,800. @default 3600 */
  urlExpiresInSeconds?: number | undefined
  /** Seconds that an upload can be resumed; 60 to 31,536,000. @default 604800 (7 days) */
  ticketExpiresInSeconds?: number | undefined
  /** Milliseconds for each call to S3, the SDK's retries included; 100 to 600,000. @default 60000 */
  s3TimeoutMs?: number | undefined
}

/** @typeParam Context the framework's object for a request. @typeParam Result what `onComplete` returns */
export type PartwayOptions<Context, Result = unknown> = CommonOptions<Context, Result> & ConnectionOptions
