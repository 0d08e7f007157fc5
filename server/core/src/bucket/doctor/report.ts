// What the doctor reports.

/**
 * `ok`: as it should be. `info`: the store lacks or ignores something that nothing depends on, with the option that
 * concerns it. `warning`: uploads work, and something should be changed. `failed`: uploads do not work, or not safely.
 * `skipped`: not checked, and why.
 */
export type StepState = 'ok' | 'info' | 'warning' | 'failed' | 'skipped'

/** What one check found. */
export interface Finding {
  state: StepState
  /** What was seen: a sentence without its full stop. */
  seen: string
  /** What to do about it: a command, a permission, an option. */
  fix?: string
}

export interface Step extends Finding {
  /** Name of the check, such as `clock` or `s3:PutObject`. */
  name: string
  /** For a skipped step: name of the step whose failure is the cause. */
  because?: string
}

export interface DoctorReport {
  /** No step failed, all were reached, and no app check was skipped. */
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
