// One of the two racers: its Uppy, and the lane that shows its progress.

import Partway from '@partway/uppy'
import AwsS3 from '@uppy/aws-s3'
import Uppy, { type Meta } from '@uppy/core'
import { findElement } from '../page/create-element.js'

/**
 * Of the six connections that a browser opens to a host over HTTP/1.1. `@uppy/aws-s3` 6 uses one for a file's parts, so
 * neither waits for the other.
 */
const PARTWAY_CONNECTIONS = 5

export type RacerName = 'partway' | 'aws-s3'

/** @returns seconds; `undefined` if it failed */
export async function race(name: RacerName, data: File): Promise<number | undefined> {
  const uppy = createUppy(name)
  const lane = new Lane(name)
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  const timer = setInterval(() => lane.showTime(seconds()), 100)
  uppy.on('upload-progress', (_, { bytesUploaded }) => lane.showProgress(bytesUploaded / data.size))
  try {
    uppy.addFile({ name: data.name, type: data.type, data })
    const result = await uppy.upload()
    const isDone = result?.successful?.length === 1
    const [failed] = result?.failed ?? []
    lane.finish(isDone, seconds(), failed?.error ?? 'The upload failed.')
    return isDone ? seconds() : undefined
  } finally {
    clearInterval(timer)
    uppy.destroy()
  }
}

function createUppy(name: RacerName): Uppy<Meta, Record<string, never>> {
  const uppy = new Uppy<Meta, Record<string, never>>({ id: `race-${name}` })
  if (name === 'partway') return uppy.use(Partway, { endpoint: '/uploads', limit: PARTWAY_CONNECTIONS })
  return uppy.use(AwsS3, { companionEndpoint: `${location.origin}/uploads`, shouldUseMultipart: true })
}

class Lane {
  readonly #lane: HTMLElement
  readonly #progress: HTMLProgressElement
  readonly #time: HTMLElement

  constructor(name: RacerName) {
    this.#lane = findElement(`#race [data-racer=${name}]`)
    this.#progress = findElement(`#race [data-racer=${name}] progress`)
    this.#time = findElement(`#race [data-racer=${name}] output`)
    this.#lane.dataset.state = 'racing'
    this.#progress.value = 0
  }

  showProgress(share: number): void {
    this.#progress.value = share
  }

  showTime(seconds: number): void {
    this.#time.textContent = `${Math.round(this.#progress.value * 100)} % · ${seconds.toFixed(1)} s`
  }

  finish(isDone: boolean, seconds: number, error: string): void {
    this.#lane.dataset.state = isDone ? 'done' : 'failed'
    if (isDone) this.#progress.value = 1
    this.#time.textContent = isDone ? `Done in ${seconds.toFixed(1)} s` : error
  }
}
