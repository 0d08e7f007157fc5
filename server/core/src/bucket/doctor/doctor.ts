// The doctor: goes through every step of an upload, as a page and as the server, and says what is wrong and how to fix it.
import { z } from 'zod'
import { keyPrefixSchema, originSchema } from '../../resolve-options.js'
import { type ConnectionOptions, clientSchema } from '../../s3/connection-options.js'
import { type JournalOptions, JournalSchema, placeJournal } from '../../s3/journal-place.js'
import { type BucketOptions, bucketShape, parseBucketOptions, withBucket } from '../open-bucket.js'
import { listChecks } from './all-checks.js'
import { hideSecrets } from './hide-secrets.js'
import { Probe } from './probe.js'
import { type Removal, removeTraces } from './remove-traces.js'
import { type DoctorReport, type Finding, failed, info, ok, type Step, skipped } from './report.js'
import { runChecks } from './run-checks.js'

export type DoctorOptions = BucketOptions & {
  /** Origin of the page that uploads, such as `https://app.example`. */
  origin: string
  /** Prefix of the keys of probe objects: the middleware's `keyPrefix`. @default '' */
  prefix?: string
  /** The middleware's option `journal`. @default {} */
  journal?: JournalOptions
  /** As for the middleware: signs the requests of pages. @default the client */
  signingClient?: ConnectionOptions['client']
  /**
   * URL of a running middleware with its `path`, such as `https://app.example/uploads`; if it is not there, `/uploads` below
   * the URL is tried. @default no app is checked
   */
  app?: string
  /** Headers that sign a user in to the app, such as `{ cookie: '…' }`. Never shown. @default {} */
  appHeaders?: Readonly<Record<string, string>>
  /** Called with each step as it is done. */
  onStep?: (step: Step) => void
}

const DoctorSchema = z.strictObject({
  ...bucketShape,
  origin: originSchema,
  prefix: keyPrefixSchema.default(''),
  journal: JournalSchema,
  signingClient: clientSchema.optional(),
  app: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  appHeaders: z.record(z.string(), z.string()).default({}),
  onStep: z.custom<(step: Step) => void>((value) => typeof value === 'function').optional(),
})

/**
 * Checks a bucket, and with `app` a running middleware. Makes objects only below `<prefix>partway-doctor/<UUID>/`
 * and in the journal, and always removes them; when `signal` is aborted, after the request in flight.
 *
 * @throws TypeError for misused options. What is wrong with the bucket is in the report.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const parsed = parseBucketOptions(DoctorSchema, options, 'doctor()')
  const { origin, prefix, journal, signingClient, app, appHeaders, onStep, ...target } = parsed
  const { signal = new AbortController().signal } = target
  const appUnderTest = app === undefined ? undefined : { url: app, headers: appHeaders }
  return await withBucket(target, async ({ client, bucket, s3TimeoutMs }) => {
    const place = placeJournal(bucket, journal)
    const page = { origin, prefix, journal: place }
    const probe = new Probe({ client, signingClient, bucket, ...page, timeoutMs: s3TimeoutMs, signal })
    const hide = await hideSecrets(client, appHeaders)
    const steps: Step[] = []
    const tell = (step: Step) => {
      steps.push(hide(step))
      onStep?.(hide(step))
    }
    let leftBehind: string[] = []
    try {
      for await (const step of runChecks(listChecks(appUnderTest), probe)) tell(step)
    } finally {
      const { finding, left } = await cleanUp(probe)
      leftBehind = left
      tell({ name: 'clean-up', ...finding })
    }
    const isHealthy = !signal.aborted && !steps.some(({ state }) => state === 'failed') && isAppSeen(steps)
    return { ok: isHealthy, steps, leftBehind }
  })
}

/** A skipped app check says nothing about whether the app works. */
function isAppSeen(steps: Step[]): boolean {
  return !steps.some(({ name, state }) => name.startsWith('app ') && state === 'skipped')
}

async function cleanUp(probe: Probe): Promise<{ finding: Finding; left: string[] }> {
  const made = [probe.traces, probe.journal].filter(({ objects }) => objects.size > 0)
  if (made.length === 0) return { finding: skipped('nothing was made'), left: [] }
  const removals: (Removal & { where: string })[] = []
  for (const traces of made) {
    const where = `${traces.prefix} of the bucket "${traces.bucket}"`
    removals.push({ ...(await removeTraces(probe, traces)), where })
  }
  const left = removals.flatMap((removal) => removal.left)
  if (left.length > 0) {
    const places = removals.filter((removal) => removal.left.length > 0).map(({ where }) => where)
    const fix = `Delete the objects and abort the uploads below ${places.join(' and ')}.`
    return { finding: failed(`${left.length} probe objects or uploads could not be removed`, fix), left }
  }
  const sum = (count: (removal: Removal) => number) =>
    removals.reduce((total, each) => total + count(each), 0)
  const removed = `removed ${sum(({ objects }) => objects)} objects and ${sum(({ uploads }) => uploads)} uploads`
  const versioned = made.filter((_, index) => removals[index]?.versionsStay).map(({ prefix }) => prefix)
  if (versioned.length === 0) return { finding: ok(removed), left }
  const seen = `${removed}; the bucket keeps versions, of which these credentials may not delete the old ones below ${versioned.join(' and ')}`
  return { finding: info(seen), left: versioned.map((prefix) => `${prefix}* (old versions)`) }
}
