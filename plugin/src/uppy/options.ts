// The plugin's options: types, defaults, validation.
import type { PluginOpts } from '@uppy/core'
import type { defaultLocale } from '../locale.js'
import {
  type HeadersOption,
  isHeaders,
  isObject,
  isStrings,
  type RetryOptions,
  type Settings,
} from '../settings.js'

/** Options of the Partway plugin. */
export interface PartwayOptions extends PluginOpts {
  /**
   * Where the server's middleware is mounted: a URL (`https://api.example.com/uploads`) or a path of the page's
   * own origin (`/uploads`).
   */
  endpoint: string
  /**
   * Most concurrent transfers to a host name of S3, for the whole page: all files of all Uppy instances share them, in turn.
   * 1 to 100. While small files (under 5 MiB) are in flight, large ones leave a slot to each of them and keep one at least. If
   * plugins on a page differ, the lowest limit among those that are uploading applies. Browsers open 6 connections to a host over
   * HTTP/1.1, which is what S3 speaks; the server's option `hosts` gives them more hosts.
   * @default 6
   */
  limit?: number
  /**
   * Which of a file's `meta` fields go to the server as its metadata: `true` for all, `false` for none, or their names.
   * Values are turned into strings; `null` and `undefined` are left out.
   * @default true
   */
  allowedMetaFields?: boolean | string[]
  /**
   * Headers of the calls to the server, such as `Authorization`. A function is called before every call, and once more with
   * `true` after a 401, for a fresh token. If it throws, or returns anything but a plain object of strings, files fail at once with
   * `unexpected_error`, unless the browser is offline. So a function that asks the network should itself try again. S3 never gets
   * the headers.
   * @default {}
   */
  headers?: HeadersOption
  /**
   * Whether the calls to the server carry cookies, as in `fetch`. Another origin needs `'include'`. S3 never gets cookies.
   * @default 'same-origin'
   */
  credentials?: RequestCredentials
  /**
   * A transfer that moves no byte for this many milliseconds is aborted and retried. 1,000 to 3,600,000.
   * @default 30_000
   */
  stallTimeoutMs?: number
  /** How long and how often the plugin retries. */
  retry?: RetryOptions
  /**
   * Whether the browser asks before the user leaves a page with an upload in flight or paused. Only for so long does the page
   * listen to `beforeunload`, with which some browsers do not keep it for Back and Forward. @default false
   */
  askBeforeUnload?: boolean
  /** Whether the screen stays on while files are in flight and the page is visible (Screen Wake Lock). @default false */
  keepAwake?: boolean
  /**
   * Texts in the page's language: notices, and the sentences of the plugin's own error codes, by their keys.
   * @default English
   */
  locale?: LocaleStrings<typeof defaultLocale>
}

/** As Uppy's type of this name, which Uppy 5 and 6 export under different paths. */
type LocaleStrings<Locale extends { strings: object }> = { strings: Partial<Locale['strings']> }

/** The options with every default filled in. */
export type PluginSettings = PartwayOptions & Settings

/** Merges the changes into the options. Of `retry`, only the named fields change. */
export function mergeOptions(options: PartwayOptions, changes: Partial<PartwayOptions>): PartwayOptions {
  const { retry } = changes
  return { ...options, ...changes, ...(isObject(retry) && { retry: { ...options.retry, ...retry } }) }
}

const HOUR_MS = 3_600_000

/**
 * Fills in the defaults.
 * @throws TypeError naming the option, its bound and the value.
 */
export function resolveOptions(options: PartwayOptions): PluginSettings {
  const {
    endpoint,
    limit = 6,
    allowedMetaFields = true,
    headers = {},
    credentials = 'same-origin',
  } = options ?? {}
  const { stallTimeoutMs = 30_000, retry = {}, askBeforeUnload = false, keepAwake = false } = options ?? {}
  check(typeof endpoint === 'string' && endpoint !== '', 'endpoint', 'a URL or a path', endpoint)
  check(Number.isInteger(limit) && limit >= 1 && limit <= 100, 'limit', 'an integer from 1 to 100', limit)
  check(
    typeof allowedMetaFields === 'boolean' || isStrings(allowedMetaFields),
    'allowedMetaFields',
    'a boolean or an array of strings',
    allowedMetaFields,
  )
  check(
    typeof headers === 'function' || isHeaders(headers),
    'headers',
    'an object of strings or a function',
    headers,
  )
  check(
    ['omit', 'same-origin', 'include'].includes(credentials),
    'credentials',
    "'omit', 'same-origin' or 'include'",
    credentials,
  )
  checkMs('stallTimeoutMs', stallTimeoutMs, 1000, HOUR_MS)
  check(typeof askBeforeUnload === 'boolean', 'askBeforeUnload', 'a boolean', askBeforeUnload)
  check(typeof keepAwake === 'boolean', 'keepAwake', 'a boolean', keepAwake)
  check(isObject(retry), 'retry', 'an object', retry)
  const { baseDelayMs = 1000, maxDelayMs = Math.max(30_000, baseDelayMs) } = retry
  const { giveUpAfterMs = 300_000, tries = Number.POSITIVE_INFINITY } = retry
  checkMs('retry.baseDelayMs', baseDelayMs, 1, HOUR_MS)
  checkMs('retry.maxDelayMs', maxDelayMs, baseDelayMs, HOUR_MS)
  checkMs('retry.giveUpAfterMs', giveUpAfterMs, 0, Number.POSITIVE_INFINITY)
  check(typeof tries === 'number' && tries >= 1, 'retry.tries', 'a number from 1 on', tries)
  return {
    ...options,
    endpoint: endpoint.replace(/\/+$/, ''),
    limit,
    allowedMetaFields,
    headers,
    credentials,
    stallTimeoutMs,
    retry: { baseDelayMs, maxDelayMs, giveUpAfterMs, tries },
    askBeforeUnload,
    keepAwake,
  }
}

function checkMs(option: string, value: unknown, min: number, max: number): void {
  const fits = typeof value === 'number' && value >= min && value <= max
  check(fits, option, `a number of milliseconds from ${min} to ${max}`, value)
}

function check(fits: boolean, option: string, expected: string, value: unknown): void {
  if (fits) return
  const came =
    typeof value === 'string' ? `'${value}'` : isObject(value) ? JSON.stringify(value) : String(value)
  throw new TypeError(`Partway: option \`${option}\` must be ${expected}, got ${came}`)
}
