// The engine comes with the page, as if it had been loaded before the test began: a module is read outside the fake clock.
import type { Body, Meta } from '@uppy/core/utils'
import { vi } from 'vitest'
import { ClientError } from '../../plugin/src/errors.js'
import { Engine } from '../../plugin/src/uppy/engine.js'

/** For a test in which the engine cannot be loaded. */
export const script = { isMissing: false }

vi.mock('../../plugin/src/uppy/load-engine.js', () => ({
  whenIdle: (work: () => void) => {
    work()
    return () => {}
  },
  loadEngine: async <M extends Meta, B extends Body>(
    ...parts: ConstructorParameters<typeof Engine<M, B>>
  ): Promise<Engine<M, B>> => {
    if (script.isMissing) throw new ClientError('script_unavailable', {})
    return new Engine<M, B>(...parts)
  },
}))
