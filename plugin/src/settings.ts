// The settings of the page that several folders need.

/** How long and how often the plugin retries. */
export interface RetryOptions {
  /**
   * Longest wait before the first retry, in milliseconds; it doubles with each failure in a row. The wait itself is random
   * between 0 and that ("full jitter"). 1 to 3,600,000.
   * @default 1000
   */
  baseDelayMs?: number
  /**
   * The wait never grows beyond this, in milliseconds, unless the answer's `Retry-After` says so. `baseDelayMs` to 3,600,000.
   * If you set a longer `baseDelayMs`, the default is that.
   * @default 30_000
   */
  maxDelayMs?: number
  /**
   * A file fails after this many milliseconds in which every try failed and nothing of it got through. Time offline does
   * not count. It fails at once if the answer asks for a longer wait than this. 0 (never retry) or more; `Infinity` never gives up.
   * @default 300_000
   */
  giveUpAfterMs?: number
  /**
   * A file also fails after this many tries in a row of the same part or call, in which nothing of the file got through.
   * 1 (never retry) or more. @default Infinity
   */
  tries?: number
}

/**
 * Headers for the calls to the server. A function is called before every call, and once more, with `true`, when the server
 * has answered 401.
 */
export type HeadersOption =
  | Record<string, string>
  | ((refused: boolean) => Record<string, string> | Promise<Record<string, string>>)

/** The settings for every call and transfer, with every default filled in. */
export interface Settings {
  endpoint: string
  limit: number
  allowedMetaFields: boolean | string[]
  headers: HeadersOption
  credentials: RequestCredentials
  stallTimeoutMs: number
  retry: Required<RetryOptions>
  askBeforeUnload: boolean
  keepAwake: boolean
}

/** Whether it is a plain object of strings. A request would carry nothing of a `Headers`, a `Map` or an array. */
export function isHeaders(value: unknown): value is Record<string, string> {
  if (!isObject(value)) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  return isPlain && isStrings(Object.values(value))
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
