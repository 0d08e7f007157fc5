// One call, again and again, as fast as an app server answers it.
import autocannon from 'autocannon'
import type { AppServer } from '../servers/start-app.js'
import type { Measures } from './measurement.js'
import { JSON_HEADERS, type SigningCall } from './prepare-signing.js'

const CONNECTIONS = 10
const WARM_UP_SECONDS = 1
const SAMPLES = 40

/**
 * @param bounds `duration` in seconds, or `amount` of calls
 * @returns how many calls were made
 * @throws Error unless all of them are answered with 200
 */
export async function repeatCall(
  { method, url, body }: SigningCall,
  bounds: { duration: number } | { amount: number },
): Promise<number> {
  const request = { method, url, ...(body && { body, headers: JSON_HEADERS }) }
  const {
    '2xx': calls,
    non2xx,
    errors,
  } = await autocannon({ ...request, ...bounds, connections: CONNECTIONS })
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} of ${calls} calls to ${url} failed`)
  return calls
}

/** @throws Error as {@link repeatCall} */
export async function runLoad(app: AppServer, call: SigningCall, seconds: number): Promise<Measures> {
  await repeatCall(call, { duration: WARM_UP_SECONDS })
  const before = await app.usage()
  const memory: number[] = []
  const sample = async () => memory.push((await app.usage()).rssBytes)
  const sampler = setInterval(sample, (seconds * 1000) / SAMPLES)
  const calls = await repeatCall(call, { duration: seconds }).finally(() => clearInterval(sampler))
  const after = await app.usage()
  const appCpuMs = after.cpuMs - before.cpuMs
  return {
    signaturesPerCpuSecond: (calls * call.signatures) / (appCpuMs / 1000),
    calls,
    appCpuMs,
    appRssBytes: after.rssBytes,
    rssGrowthBytes: mean(memory.slice(-SAMPLES / 4)) - mean(memory.slice(SAMPLES / 4, SAMPLES / 2)),
  }
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
