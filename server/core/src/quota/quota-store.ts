// The quota of an owner: how many files and bytes in a time, and how many uploads unfinished at once.

/** What an owner may upload. At least one bound is set. */
export interface QuotaLimits {
  /** Files in `windowSeconds`. */
  files: number | undefined
  /** Bytes in `windowSeconds`. */
  bytes: number | undefined
  /** Uploads begun and neither completed nor aborted, at once. */
  unfinished: number | undefined
  /** Sliding: a file counts for exactly this long from its creation, also when this changes later. */
  windowSeconds: number
  /** An upload that nobody finishes stops to count as unfinished after this long: its ticket has expired then. */
  unfinishedSeconds: number
}

export interface Reservation {
  /** UUID of the upload. */
  id: string
  /** Whole number. */
  bytes: number
}

/**
 * Why a reservation is refused, and when the same one could succeed. Of several limits, the one that waiting does
 * not help against is told, or else the one to wait longest for.
 */
export interface QuotaRefusal {
  limit: 'files' | 'bytes' | 'unfinished'
  /**
   * Seconds until enough has left the window, rounded up, at least 1; `undefined`: never by waiting (more than the
   * quota has in all) or unknown (`unfinished`). For bytes that more than {@link MAX_FILES_SEARCHED} files would
   * have to leave for, it is when these have left: a bound from below.
   */
  retryAfterSeconds: number | undefined
}

/** Refusals are to stay cheap, however many small files an owner has. */
export const MAX_FILES_SEARCHED = 1000

/** What counts against a quota now. */
export interface QuotaUsage {
  /** Files in the window. */
  files: number
  /** Bytes of the files in the window. */
  bytes: number
  /** Uploads begun and neither completed nor aborted. */
  unfinished: number
}

/**
 * Where reservations are counted: in memory, in Redis, or wherever a host keeps them. One entry per upload, so that no
 * call counts or gives back twice. `account` is whom they count for: `<quota.name>:<owner>`, any text of up to 193 bytes.
 */
export interface QuotaStore {
  /** All or nothing, in one atomic step. A second reservation of the same id changes nothing and succeeds. */
  reserve(account: string, reservation: Reservation, limits: QuotaLimits): Promise<QuotaRefusal | undefined>
  /**
   * The upload is complete with `bytes`: it is not unfinished any more, and goes on counting in the window, with
   * these bytes. Does nothing for an upload that is unknown.
   */
  finish(account: string, reservation: Reservation): Promise<void>
  /**
   * Nothing can come of the upload any more: it counts no more, whether it is finished or not. Does nothing for an upload that is
   * unknown. Whoever calls has asked S3 first: a completed upload that is released is one more than the quota allows.
   */
  release(account: string, id: string): Promise<void>
  /** Zeros for an account that is unknown. */
  usage(account: string): Promise<QuotaUsage>
}
