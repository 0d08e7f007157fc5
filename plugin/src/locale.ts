// All texts of the plugin, in English.
import { earlyLocale } from './early-locale.js'

const { script_unavailable, ...pageNotices } = earlyLocale.strings

/** Notices that are not errors. */
export const notices = {
  resuming: 'Resuming “%{name}” at %{percent} %.',
  trying_again: 'The upload is interrupted. Next try in %{seconds} s.',
  stalled: 'The connection to %{host} stopped moving data. The upload tries again by itself.',
  waiting_for_drive:
    '“%{name}” cannot be read: its drive does not answer. The upload goes on by itself when it does.',
  waiting_for_tab: '“%{name}” is being uploaded in another tab. Waiting for it.',
  ...pageNotices,
}

/** Uppy locale of the plugin. Each key is a notice, or the `code` of an error. */
export const defaultLocale = {
  strings: {
    ...notices,
    script_unavailable,
    network_error: 'No answer from %{host}. Check the network connection, then try again.',
    upload_stalled:
      'The connection to %{host} stopped moving data. Check the network connection, then try again.',
    storage_unavailable: 'The storage at %{host} is not available (status %{status}). Try again later.',
    storage_refused: 'The storage at %{host} refused the upload (%{reason}). Tell the site’s support.',
    server_unavailable: 'The upload server at %{host} is not available (status %{status}). Try again later.',
    unexpected_reply:
      'The upload server at %{host} gave an unexpected answer (status %{status}). Tell the site’s support: `endpoint` may be wrong.',
    grant_expired: 'The permission to send to %{host} expired before it could be used. Try again.',
    upload_gone: 'The storage at %{host} lost this upload three times. Try again.',
    upload_unknown:
      'This upload can no longer be continued. To upload “%{name}” anyway, add it as a new file.',
    file_differs: '“%{name}” is not the file of this upload. Pick the right one.',
    signed_in_as_other:
      'The upload of “%{name}” was begun by somebody else who was signed in. Sign in as them to go on with it.',
    unexpected_error:
      'The upload failed unexpectedly (%{reason}). Try again. If that does not help, tell the site’s support.',
    file_unreadable:
      '“%{name}” cannot be read: it was moved, changed or deleted, or its drive does not answer. Try again, or add it again.',
  },
}

/** Code of an error that the plugin itself found. The server's errors have the server's own codes. */
export type ClientErrorCode = Exclude<keyof typeof defaultLocale.strings, Notice>

/** Key of a notice. */
export type Notice = keyof typeof notices
