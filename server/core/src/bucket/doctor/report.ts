// What the doctor reports.

/**
 * `ok`: as it should be. `info`: the store lacks or ignores something that nothing depends on, with the option that
 * concerns it. `warning`: uploads work, and something should be changed. `failed`: uploads do not work, or not safely.
 * `skipped`: not looked at, and why.
 */
export type StepState = 'ok' | 'info' | 'warning' | 'failed' | 'skipped'

/** What one check found. */
export interface Finding {
  state: StepState
  /** A sentence of what was seen, without its full stop. */
  seen: string
  /** What to do about it: a command, a permission, an option. */
  fix?: string
}

export interface Step extends Finding {
  /** Of the check, such as `clock` or `s3:PutObject`. */
  name: string
  /** Of a step that was skipped: the one whose failure is why. */
  because?: string
}

export interface DoctorReport {
  /** No step failed, all were reached, and none of an app was skipped. */
  ok: boolean
  steps: Step[]
  /** Keys of probe objects and uploads that could not be removed. */
  leftBehind: string[]
}

export function ok(seen: string): Finding {
  return { state: 'ok', seen }
}

export function info(seen: string): Finding {
  return { state: 'info', seen }
}

export function warning(seen: string, fix: string): Finding {
  return { state: 'warning', seen, fix }
}

export function failed(seen: string, fix: string): Finding {
  return { state: 'failed', seen, fix }
}

export function skipped(seen: string): Finding {
  return { state: 'skipped', seen }
}
