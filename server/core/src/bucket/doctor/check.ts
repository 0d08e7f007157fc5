// What a check is: a name, what must have gone well before, and a look at one thing.
import type { Probe } from './probe.js'
import type { Finding } from './report.js'

export interface Check {
  name: string
  /** Names of earlier checks. If one of them failed or was skipped, so is this one. */
  needs: readonly string[]
  /** Whatever it throws is a failure that is explained by its cause. */
  run(probe: Probe): Promise<Finding>
}
