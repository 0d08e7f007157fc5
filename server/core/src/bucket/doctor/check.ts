// A check: a name, the earlier checks that it needs, and a function that looks at one thing.
import type { Probe } from './probe.js'
import type { Finding } from './report.js'

export interface Check {
  name: string
  /** Names of earlier checks. If one of them failed or was skipped, this one is skipped. */
  needs: readonly string[]
  /** A thrown error means `failed`, explained by its cause. */
  run(probe: Probe): Promise<Finding>
}
