// The one place where the engine is loaded: when the page has time, or at the first need.
import type { Body, Meta } from '@uppy/core/utils'
import { ClientError } from '../errors.js'
import type { Engine } from './engine.js'

/** Where the browser does not tell when it has time. */
const SOON_MS = 1000

/** @throws ClientError `script_unavailable`: the network is gone, or the page is older than what the server now has */
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

/** @returns Ends the waiting. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(work, SOON_MS)
    return () => clearTimeout(timer)
  }
  const request = requestIdleCallback(work)
  return () => cancelIdleCallback(request)
}
