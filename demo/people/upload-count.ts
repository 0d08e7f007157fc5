// How many uploads each person has begun in the last 24 hours: what the page's meter shows of the quota.

const DAY_MS = 24 * 60 * 60 * 1000

/** Counts as the middleware's own quota does, which keeps its numbers to itself. */
export class UploadCount {
  readonly #begunAt = new Map<string, Map<string, number>>()

  add(owner: string, uploadId: string): void {
    const uploads = this.#begunAt.get(owner) ?? new Map<string, number>()
    this.#begunAt.set(owner, uploads.set(uploadId, Date.now()))
  }

  /** An upload that was given up counts no more. */
  remove(owner: string, uploadId: string): void {
    this.#begunAt.get(owner)?.delete(uploadId)
  }

  of(owner: string): number {
    const uploads = this.#begunAt.get(owner)
    if (!uploads) return 0
    for (const [uploadId, begunAt] of uploads) {
      if (Date.now() - begunAt >= DAY_MS) uploads.delete(uploadId)
    }
    if (uploads.size === 0) this.#begunAt.delete(owner)
    return uploads.size
  }
}
