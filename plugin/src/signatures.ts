// Signed URLs for a file's parts, fetched in windows ahead of use.
import type { PartToSign, SignedPart } from '@partway/koa/protocol'

/** A part's URLs, one for each host name of S3, and until when they are good, on the clock of `performance.now()`. */
export interface SignedUrl {
  partNumber: number
  urls: string[]
  /** To be sent exactly like this. */
  headers: Record<string, string>
  usableUntil: number
}

/** Signatures fetched in one call: the most that the server makes. The next window is fetched when half of one is left. */
const WINDOW = 100
/** Parts with a checksum of their own that are signed in one call, while others still wait for their slot. */
export const TOGETHER = 6

/**
 * Until when something that expires `expiresIn` seconds from now may be used, on a clock that no one can set.
 * A margin is kept for the way to S3.
 */
export function usableUntil(expiresIn: number): number {
  return performance.now() + expiresIn * 1000 - Math.min(10_000, expiresIn * 200)
}

/** Notes when the server's signatures, which have just arrived, expire. */
export function noteExpiry(parts: SignedPart[]): SignedUrl[] {
  return parts.map(({ partNumber, url, alternatives = [], headers = {}, expiresIn }) => ({
    partNumber,
    urls: [url, ...alternatives],
    headers,
    usableUntil: usableUntil(expiresIn),
  }))
}

/** Gives out each signature once. Who needs another for the same part takes again. */
export class Signatures {
  readonly #ready = new Map<number, SignedUrl>()
  /** Parts without a signature, in the order in which they will be sent. */
  readonly #ahead = new Set<number>()
  /** Parts that somebody waits for. */
  readonly #urgent = new Map<number, PartToSign>()
  #fetching: Promise<void> | undefined
  /** Who waits to be signed together with others. */
  #together: { signed: Promise<void>; settle(signed: Promise<void>): void } | undefined

  /**
   * @param sign Asks the server.
   * @param signal Ends the waiting of who waits for others.
   * @param isShort Whether so few signed parts wait for their slot that more are needed at once.
   */
  constructor(
    private readonly sign: (parts: PartToSign[]) => Promise<SignedPart[]>,
    private readonly signal: AbortSignal,
    private readonly isShort: () => boolean,
  ) {}

  /**
   * @param missing Parts that will be sent, in order, and can be signed ahead.
   * @param signed Signatures that are there already.
   */
  expect(missing: number[], signed: SignedUrl[]): void {
    for (const partNumber of missing) this.#ahead.add(partNumber)
    this.#add(signed)
    this.#fetchAhead()
  }

  /** URLs that are not too old yet. Waits for the server only if the part's signature is not there, or too old. */
  async take(part: PartToSign): Promise<SignedUrl> {
    const { partNumber } = part
    let signed = this.#remove(partNumber)
    while (!signed || performance.now() > signed.usableUntil) {
      this.#urgent.set(partNumber, part)
      await (part.checksum === undefined ? this.#fetch() : this.#fetchTogether())
      signed = this.#remove(partNumber)
      // However short it is good for: the sender notices what is too old.
      if (signed) break
    }
    this.#fetchAhead()
    return signed
  }

  /** A signed part has got its slot. */
  started(): void {
    if (this.#together && this.isShort()) this.#fetch().catch(leaveToTake)
  }

  #fetchTogether(): Promise<void> {
    if (this.isShort() || this.#urgent.size >= TOGETHER) return this.#fetch()
    this.#together ??= this.#gather()
    return this.#together.signed
  }

  #gather() {
    let settle = (_signed: Promise<void>) => {}
    const signed = new Promise<void>((resolve, reject) => {
      settle = resolve
      this.signal.addEventListener('abort', () => reject(this.signal.reason))
    })
    return { signed, settle }
  }

  #fetchAhead(): void {
    if (this.#ready.size < WINDOW / 2 && this.#ahead.size > 0) this.#fetch().catch(leaveToTake)
  }

  #remove(partNumber: number): SignedUrl | undefined {
    const signed = this.#ready.get(partNumber)
    this.#ready.delete(partNumber)
    return signed
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchWindow().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetchWindow(): Promise<void> {
    // Whoever asks in the same tick goes with this call.
    await undefined
    const partNumbers = [...new Set([...this.#urgent.keys(), ...this.#ahead])].slice(0, WINDOW)
    const window = partNumbers.map((partNumber) => this.#urgent.get(partNumber) ?? { partNumber })
    for (const { partNumber } of window) {
      this.#urgent.delete(partNumber)
      this.#ahead.delete(partNumber)
    }
    const signed = this.sign(window).then((parts) => this.#add(noteExpiry(parts)))
    this.#together?.settle(signed)
    this.#together = undefined
    await signed
  }

  #add(signed: SignedUrl[]): void {
    for (const url of signed) {
      this.#ahead.delete(url.partNumber)
      // Who waits for it finds it.
      this.#urgent.delete(url.partNumber)
      this.#ready.set(url.partNumber, url)
    }
  }
}

// A part whose signature could not be fetched ahead asks again when it is its turn.
function leaveToTake(): void {}
