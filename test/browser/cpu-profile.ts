// Whose code a page's main thread ran, by its CPU profile.
import type { CDPSession } from 'playwright-core'

const SAMPLING_INTERVAL_US = 1000
/** A thread that runs is sampled more often than this: in a longer gap the machine did something else. */
const LONGEST_SAMPLE_MS = 10

/** Milliseconds of the page's `performance.now()`. */
export interface Span {
  startMs: number
  endMs: number
}

/** A sample: what was on the stack for a moment. */
export interface Sample extends Span {
  /** URLs of the scripts, the innermost first. What is built into the browser has none. */
  scripts: string[]
}

/** Profiles the page's main thread while `run` goes on. */
export async function profilePage<T>(
  devtools: CDPSession,
  run: () => Promise<T>,
): Promise<{ result: T; samples: Sample[] }> {
  await devtools.send('Performance.enable')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const navigationStart = metrics.find(({ name }) => name === 'NavigationStart')?.value ?? 0
  await devtools.send('Profiler.enable')
  await devtools.send('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
  await devtools.send('Profiler.start')
  const result = await run()
  return { result, samples: toSamples(await stopProfile(devtools), navigationStart * 1000) }
}

/** Milliseconds of `span` in which a function of such a script ran, or what is built in and was called by it. */
export function ownTime(samples: Sample[], span: Span, isOf: (url: string) => boolean): number {
  return timeOf(samples, span, ({ scripts: [innermost] }) => innermost !== undefined && isOf(innermost))
}

/** Milliseconds of `span` in which a function of such a script ran, or anything that was called by it. */
export function totalTime(samples: Sample[], span: Span, isOf: (url: string) => boolean): number {
  return timeOf(samples, span, ({ scripts }) => scripts.some(isOf))
}

async function stopProfile(devtools: CDPSession) {
  return (await devtools.send('Profiler.stop')).profile
}

function timeOf(samples: Sample[], span: Span, isCounted: (sample: Sample) => boolean): number {
  let sum = 0
  for (const sample of samples) {
    const ms = Math.min(sample.endMs, span.endMs) - Math.max(sample.startMs, span.startMs)
    if (ms > 0 && isCounted(sample)) sum += ms
  }
  return sum
}

type Profile = Awaited<ReturnType<typeof stopProfile>>

function toSamples(profile: Profile, originMs: number): Sample[] {
  const { nodes, samples = [], timeDeltas = [], startTime, endTime } = profile
  // Parents come before their children.
  const scripts = new Map<number, string[]>()
  for (const { id, callFrame, children = [] } of nodes) {
    const own = [...(callFrame.url ? [callFrame.url] : []), ...(scripts.get(id) ?? [])]
    scripts.set(id, own)
    for (const child of children) scripts.set(child, own)
  }
  let timeUs = startTime
  const startsMs = timeDeltas.map((deltaUs) => {
    timeUs += deltaUs
    return timeUs / 1000 - originMs
  })
  return samples.map((id, index) => {
    const startMs = startsMs[index] ?? 0
    const nextMs = startsMs[index + 1] ?? endTime / 1000 - originMs
    return { startMs, endMs: Math.min(nextMs, startMs + LONGEST_SAMPLE_MS), scripts: scripts.get(id) ?? [] }
  })
}
