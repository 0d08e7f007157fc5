// Loads the engine when the browser is idle, or when it is first needed.
import type { Body, Meta } from '@uppy/core'
import { ClientError } from '../errors.js'
import type { Engine } from './engine.js'

/** For browsers without `requestIdleCallback`. */
const SOON_MS = 1000

/** @throws ClientError `script_unavailable`: the network is gone, or the page is older than the server's scripts */
export async function loadEngine<M extends Meta, B extends Body>(
  ...parts: ConstructorParameters<typeof Engine<M, B>>
): Promise<Engine<M, B>> {
  try {
    const { Engine } = await import('./engine.js')
    return new Engine<M, B>(...parts)
  } catch (cause) {
    throw new ClientError('script_unavailable', {}, { cause })
  }
}

/** @returns Cancels it. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(work, SOON_MS)
    return () => clearTimeout(timer)
  }
  const request = requestIdleCallback(work)
  return () => cancelIdleCallback(request)
}
