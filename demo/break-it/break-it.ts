// Everything that breaks the demo on purpose: the switches, the path to the store, and the watch on parts.
import type { Middleware } from 'koa'
import type { Live } from '../live.js'
import { breakItRoutes } from './break-it-routes.js'
import { breakUploads } from './break-uploads.js'
import { FaultSwitches } from './faults.js'
import { PartsWatch } from './parts-watch.js'
import { openPathToS3, type PathToS3, type PathToS3Options } from './path-to-s3.js'
import { watchCalls } from './watch-calls.js'

/** Outlives the app, which can be killed. */
export class BreakIt {
  readonly #switches = new FaultSwitches()
  readonly #watch: PartsWatch

  /** @param killServer returns at once */
  constructor(
    live: Live,
    private readonly killServer: () => void,
  ) {
    this.#watch = new PartsWatch(live)
    live.greet((_owner, tell) => tell('faults', this.#switches.current))
    this.#switches.on('change', (faults) => live.tellAll('faults', faults))
  }

  openPathToS3(options: Pick<PathToS3Options, 'target' | 'host' | 'port'>): Promise<PathToS3> {
    return openPathToS3({ ...options, switches: this.#switches, watch: this.#watch })
  }

  /** Middleware that runs before the upload routes. */
  inFrontOfUploads(): Middleware[] {
    return [watchCalls(this.#watch), breakUploads(this.#switches)]
  }

  routes(): Middleware {
    return breakItRoutes(this.#switches, this.killServer)
  }

  close(): void {
    this.#watch.close()
  }
}
