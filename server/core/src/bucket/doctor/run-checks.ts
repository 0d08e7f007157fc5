// Runs checks one after another: skips those that need a failed one, and all after an abort.
import type { Check } from './check.js'
import { explainFailure } from './explain-failure.js'
import type { Probe } from './probe.js'
import { type Finding, failed, type Step, skipped } from './report.js'

export async function* runChecks(checks: Check[], probe: Probe): AsyncGenerator<Step> {
  /** Failed and skipped checks, each with the check that caused it. */
  const unmet = new Map<string, string>()
  for (const { name, needs, run } of checks) {
    const because = needs.flatMap((need) => unmet.get(need) ?? [])[0]
    const finding =
      because === undefined
        ? await runCheck(run, probe)
        : { ...skipped(`not looked at, because of "${because}"`), because }
    if (finding.state === 'failed' || finding.state === 'skipped') unmet.set(name, because ?? name)
    yield { name, ...finding }
  }
}

async function runCheck(run: Check['run'], probe: Probe): Promise<Finding> {
  if (probe.signal.aborted) return skipped('stopped')
  try {
    return await run(probe)
  } catch (error) {
    if (probe.signal.aborted) return skipped('stopped')
    const where = await probe.bucketUrl().then(
      (url) => new URL(url).host,
      () => 'S3',
    )
    const { seen, fix } = explainFailure(error, where)
    return failed(seen, fix)
  }
}
