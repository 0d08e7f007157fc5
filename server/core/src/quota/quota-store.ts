// The quota of an owner: how many files and bytes in a window, and how many unfinished uploads at once.

/** What an owner may upload. At least one bound is set. */
export interface QuotaLimits {
  /** Files in `windowSeconds`. */
  files: number | undefined
  /** Bytes in `windowSeconds`. */
  bytes: number | undefined
  /** Uploads at once that are started and neither completed nor aborted. */
  unfinished: number | undefined
  /** Sliding: a file counts for exactly this long from its creation, even if this changes later. */
  windowSeconds: number
  /** An upload that is not finished stops counting as unfinished after this long: its ticket has then expired. */
  unfinishedSeconds: number
}

export interface Reservation {
  /** UUID of the upload. */
  id: string
  /** Whole number. */
  bytes: number
}

/**
 * Why a reservation is refused, and when the same one could succeed. If several limits are exceeded, it names one that
 * waiting does not help against, or else the one with the longest wait.
 */
export interface QuotaRefusal {
  limit: 'files' | 'bytes' | 'unfinished'
  /**
   * Seconds until enough has left the window, rounded up, at least 1; `undefined`: waiting does not help (more than the
   * whole quota) or unknown (`unfinished`). If more than {@link MAX_FILES_SEARCHED} files have to leave to free enough
   * bytes, it is when that many have left: a lower bound.
   */
  retryAfterSeconds: number | undefined
}

/** Keeps refusals cheap, however many small files an owner has. */
export const MAX_FILES_SEARCHED = 1000

/** What counts against a quota now. */
export interface QuotaUsage {
  /** Files in the window. */
  files: number
  /** Bytes of the files in the window. */
  bytes: number
  /** Uploads that are started and neither completed nor aborted. */
  unfinished: number
}

/**
 * Where reservations are counted: in memory, in Redis, or wherever a host keeps them. One entry per upload, so that no
 * call counts or releases twice. Reservations count against `account`: `<quota.name>:<owner>`, any text of up to 193 bytes.
 */
export interface QuotaStore {
  /**
   * All or nothing, in one atomic step. A second reservation of the same id changes nothing and succeeds. If it fails, or its
   * answer is invalid, the upload is released, as it may have been counted.
   */
  reserve(account: string, reservation: Reservation, limits: QuotaLimits): Promise<QuotaRefusal | undefined>
  /**
   * The upload is complete: it no longer counts as unfinished, and still counts in the window, with `bytes`. Does nothing for
   * an unknown upload.
   */
  finish(account: string, reservation: Reservation): Promise<void>
  /**
   * The upload can no longer become an object: it stops counting, whether it is finished or not. Does nothing for an unknown
   * upload. The caller checks S3 first: a completed upload that is released is one more than the quota allows.
   */
  release(account: string, id: string): Promise<void>
  /** Zeros for an unknown account. */
  usage(account: string): Promise<QuotaUsage>
}
