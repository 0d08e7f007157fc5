// One multipart upload, as S3 and the upload routes see it.

/** `again`: the part was lost on its way, and the page will send it again. */
export type PartState = 'waiting' | 'signing' | 'sending' | 'done' | 'again'

/** What the page receives. */
export interface UploadPicture {
  key: string
  name: string
  /** One for each part, from part 1 on. */
  parts: PartState[]
  /** S3 has the object. */
  isComplete: boolean
  /** How often a part had to be sent again. */
  repetitions: number
}

export class WatchedUpload {
  readonly parts: PartState[]
  isComplete = false
  repetitions = 0

  constructor(
    readonly key: string,
    partCount: number,
  ) {
    this.parts = Array.from({ length: partCount }, () => 'waiting')
  }

  get owner(): string {
    return this.key.slice(0, this.key.indexOf('/'))
  }

  set(partNumber: number, state: PartState): void {
    // S3 keeps a stored part, even if a repetition fails.
    if (this.parts[partNumber - 1] === 'done') return
    if (state === 'sending' && this.parts[partNumber - 1] === 'again') this.repetitions++
    // The part count of an upload from before the demo's start is unknown.
    while (this.parts.length < partNumber) this.parts.push('waiting')
    this.parts[partNumber - 1] = state
  }

  /** Changes only parts that are not sent or stored yet. */
  setSigning(partNumbers: number[], isSigning: boolean): void {
    const [from, to] = isSigning ? (['waiting', 'signing'] as const) : (['signing', 'waiting'] as const)
    for (const partNumber of partNumbers) {
      if (this.parts[partNumber - 1] === from) this.set(partNumber, to)
    }
  }

  picture(): UploadPicture {
    const { key, parts, isComplete, repetitions } = this
    return { key, name: key.slice(key.lastIndexOf('/') + 1), parts, isComplete, repetitions }
  }
}
