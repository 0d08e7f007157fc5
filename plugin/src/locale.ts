// All texts of the plugin, in English.
import { earlyLocale } from './early-locale.js'

const { script_unavailable, ...pageNotices } = earlyLocale.strings

/** Notices that are not errors. */
export const notices = {
  /** A file goes on where an earlier page load, tab or browser left it. */
  resuming: 'Resuming “%{name}” at %{percent} %.',
  /** A try has failed, and the next one is at least 3 seconds away. */
  trying_again: 'The upload is interrupted. Next try in %{seconds} s.',
  /** A transfer has moved no byte for `stallTimeoutMs`. Also the message of the event `upload-stalled`. */
  stalled: 'The connection to %{host} stopped moving data. The upload tries again by itself.',
  /** A read of the file does not answer. */
  waiting_for_drive:
    '“%{name}” cannot be read: its drive does not answer. The upload goes on by itself when it does.',
  /** Another tab of this browser is uploading the same file. */
  waiting_for_tab: '“%{name}” is being uploaded in another tab. Waiting for it.',
  ...pageNotices,
}

/** Uppy locale of the plugin. Each key is a notice, or the `code` of an error. */
export const defaultLocale = {
  strings: {
    ...notices,
    /**
     * The page could not load a script of the plugin, as after a deploy that removed the old scripts: what uploads, which is loaded
     * once the page has time, or what computes checksums (with MD5 the file goes on without).
     */
    script_unavailable,
    /** No answer from the server or from S3 until `giveUpAfterMs` has passed. A CORS rule that does not fit looks the same. */
    network_error: 'No answer from %{host}. Check the network connection, then try again.',
    /** Transfers stopped moving until `giveUpAfterMs` has passed. */
    upload_stalled:
      'The connection to %{host} stopped moving data. Check the network connection, then try again.',
    /** S3 answered 5xx, 429 or 408 until `giveUpAfterMs` has passed. */
    storage_unavailable: 'The storage at %{host} is not available (status %{status}). Try again later.',
    /** S3 refused the file, or three signatures in a row. `storageCode` says why, if S3 did. */
    storage_refused: 'The storage at %{host} refused the upload (%{reason}). Tell the site’s support.',
    /** The server answered 5xx, 429 or 408 without a reason of its own until `giveUpAfterMs` has passed. */
    server_unavailable: 'The upload server at %{host} is not available (status %{status}). Try again later.',
    /** The answer is not Partway's. Usually `endpoint` is wrong. */
    unexpected_reply:
      'The upload server at %{host} gave an unexpected answer (status %{status}). Tell the site’s support: `endpoint` may be wrong.',
    /** Signatures expired before their turn, again and again. */
    grant_expired: 'The permission to send to %{host} expired before it could be used. Try again.',
    /** The upload vanished from S3 three times. Before that, the file starts over. */
    upload_gone: 'The storage at %{host} lost this upload three times. Try again.',
    /** `continueWith()`: the server has no such upload any more. */
    upload_unknown:
      'This upload can no longer be continued. To upload “%{name}” anyway, add it as a new file.',
    /** `continueWith()`: the file is not the one of the upload. */
    file_differs: '“%{name}” is not the file of this upload. Pick the right one.',
    /** Somebody else was signed in when the upload was started. A retry goes on when they are back. */
    signed_in_as_other:
      '“%{name}” was started by somebody else in this browser. Sign in as that person to continue it.',
    /** Something else was thrown, such as by the page's `headers`. It is the error's `cause`. */
    unexpected_error:
      'The upload failed unexpectedly (%{reason}). Try again. If that does not help, tell the site’s support.',
    /**
     * The file could not be read for five seconds, or its drive did not answer for `giveUpAfterMs`: it was moved, changed or deleted
     * after it was picked, or its drive is gone. A retry goes on where the file was.
     */
    file_unreadable:
      '“%{name}” cannot be read: it was moved, changed or deleted, or its drive does not answer. Try again, or add it again.',
  },
}

/** Code of an error that the plugin itself found. The server's errors have the server's own codes. */
export type ClientErrorCode = Exclude<keyof typeof defaultLocale.strings, Notice>

/** Key of a notice. */
export type Notice = keyof typeof notices
