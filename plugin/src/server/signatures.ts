// Presigned URLs for a file's parts, prefetched in windows.
import type { PartToSign, SignedPart } from '@partway/server/protocol'
import { Lifetime } from '../transfer/lifetime.js'

/** A part's URLs, one for each host name of S3. */
export interface SignedUrl {
  partNumber: number
  urls: string[]
  /** Must be sent exactly like this. */
  headers: Record<string, string>
  /** Shared by all that were signed in the same call: when one is refused, the others are no better. */
  life: Lifetime
}

/** Signatures fetched in one call: the server's maximum. The next window is fetched when less than half is left. */
const WINDOW = 100
/** Parts with checksums that are signed in one call, while others still wait for their slot. */
export const SIGN_BATCH = 6

/** For something that expires in `expiresIn` seconds. Leaves a margin for the request to reach S3. */
export function lifetimeOf(expiresIn: number): Lifetime {
  return new Lifetime(expiresIn * 1000 - Math.min(10_000, expiresIn * 200))
}

/** @param parts that have just arrived in one reply */
export function withLifetime(parts: SignedPart[]): SignedUrl[] {
  const life = lifetimeOf(Math.min(...parts.map(({ expiresIn }) => expiresIn)))
  return parts.map(({ partNumber, url, alternatives = [], headers = {} }) => ({
    partNumber,
    urls: [url, ...alternatives],
    headers,
    life,
  }))
}

/** Gives out each signature once. To get another for the same part, take again. */
export class Signatures {
  readonly #ready = new Map<number, SignedUrl>()
  /** Parts that can be signed before they are taken, in the order in which they will be sent. */
  readonly #prefetchable = new Set<number>()
  /** Parts that a caller waits for. */
  readonly #urgent = new Map<number, PartToSign>()
  #fetching: Promise<void> | undefined
  /** Pending while parts wait to be signed in one call. */
  #batch: { signed: Promise<void>; settle(signed: Promise<void>): void } | undefined

  /**
   * @param sign Asks the server.
   * @param signal Ends the wait for a batch.
   * @param isShort Whether so few signed parts wait for their slot that more are needed at once.
   */
  constructor(
    private readonly sign: (parts: PartToSign[]) => Promise<SignedPart[]>,
    private readonly signal: AbortSignal,
    private readonly isShort: () => boolean,
  ) {}

  /**
   * @param missing Parts that will be sent, in order, and can be signed before they are taken.
   * @param signed Signatures that are already here.
   */
  prefetch(missing: number[], signed: SignedUrl[]): void {
    for (const partNumber of missing) this.#prefetchable.add(partNumber)
    this.#add(signed)
    this.#prefetchWindow()
  }

  /** URLs that have not expired. Waits for the server only if the part's signature is missing or expired. */
  async take(part: PartToSign): Promise<SignedUrl> {
    const { partNumber } = part
    this.#prefetchable.delete(partNumber)
    let signed = this.#remove(partNumber)
    while (!signed || signed.life.isOver) {
      this.#urgent.set(partNumber, part)
      await (part.checksum === undefined ? this.#fetch() : this.#fetchBatch())
      signed = this.#remove(partNumber)
      // However soon it expires: the sender checks that again.
      if (signed) break
    }
    this.#prefetchWindow()
    return signed
  }

  /** A signed part has its slot. */
  started(): void {
    if (this.#batch && this.isShort()) this.#fetch().catch(leaveToTake)
  }

  #fetchBatch(): Promise<void> {
    if (this.isShort() || this.#urgent.size >= SIGN_BATCH) return this.#fetch()
    this.#batch ??= this.#gather()
    return this.#batch.signed
  }

  #gather() {
    let settle = (_signed: Promise<void>) => {}
    const signed = new Promise<void>((resolve, reject) => {
      settle = resolve
      this.signal.addEventListener('abort', () => reject(this.signal.reason))
    })
    return { signed, settle }
  }

  #prefetchWindow(): void {
    this.#dropOver()
    if (this.#ready.size < WINDOW / 2 && this.#unsigned().length > 0) this.#fetch().catch(leaveToTake)
  }

  /** Prefetchable parts that are not signed yet. */
  #unsigned(): number[] {
    return [...this.#prefetchable].filter((partNumber) => !this.#ready.has(partNumber))
  }

  /** Signatures of one call expire, or are refused, at once: drops them all, so that one call signs them again. */
  #dropOver(): void {
    for (const [partNumber, { life }] of this.#ready) if (life.isOver) this.#ready.delete(partNumber)
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
    // Parts taken in the same tick go in this call.
    await undefined
    this.#dropOver()
    const partNumbers = [...new Set([...this.#urgent.keys(), ...this.#unsigned()])].slice(0, WINDOW)
    const window = partNumbers.map((partNumber) => this.#urgent.get(partNumber) ?? { partNumber })
    for (const { partNumber } of window) this.#urgent.delete(partNumber)
    const signed = this.sign(window).then((parts) => this.#add(withLifetime(parts)))
    this.#batch?.settle(signed)
    this.#batch = undefined
    await signed
  }

  #add(signed: SignedUrl[]): void {
    for (const url of signed) {
      // A caller that waits for it finds it in `#ready`.
      this.#urgent.delete(url.partNumber)
      this.#ready.set(url.partNumber, url)
    }
  }
}

// A part whose signature could not be prefetched asks again in its turn.
function leaveToTake(): void {}
