export { OptionError } from '../describe-misuse.js'
export { BUCKET_ERROR_CODES, BucketError, type BucketErrorCode } from './bucket-error.js'
export { type BucketPolicy, type BucketPolicyOptions, bucketPolicy } from './bucket-policy.js'
export { type DoctorOptions, doctor } from './doctor/doctor.js'
export type { DoctorReport, Finding, Step, StepState } from './doctor/report.js'
export type { BucketOptions } from './open-bucket.js'
export {
  type ExplainedAction,
  explainPolicy,
  type Policy,
  type PolicyOptions,
  type PolicyStatement,
  policy,
} from './policy.js'
export type { SettingName } from './settings/setting.js'
export { type PlannedStep, planSetup, type SetupOptions, type SetupStep, SKIPPABLE, setup } from './setup.js'
export { type SnippetFormat, type SnippetOptions, snippet } from './snippets/snippet.js'
export { type Sweep, type SweepFailure, type SweepOptions, type SweepTotals, sweep } from './sweep.js'
export { type Age, type UploadTotals, type Usage, type UsageOptions, usage } from './usage.js'
