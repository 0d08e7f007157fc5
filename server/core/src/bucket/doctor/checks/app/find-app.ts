// Finds the middleware: at the given URL, or at its default path below that.
import type { AppUnderTest } from '../../probe.js'
import { type AppReply, callApp } from './call-app.js'

export interface FoundApp {
  /** Its URL is where Partway answers; if nowhere, the given one. */
  app: AppUnderTest
  /** The reply to `GET /config` there. */
  config: AppReply
}

export const DEFAULT_PATH = '/uploads'

/** The other URL to try. `undefined`: the given one already ends in the default path. */
export function urlBelow({ url }: AppUnderTest): string | undefined {
  return url.endsWith(DEFAULT_PATH) ? undefined : url + DEFAULT_PATH
}

export async function findApp(given: AppUnderTest): Promise<FoundApp> {
  const config = await callApp(given)
  const url = urlBelow(given)
  if (url === undefined || isPartway(config)) return { app: given, config }
  const below = { ...given, url }
  const configBelow = await callApp(below)
  return isPartway(configBelow) ? { app: below, config: configBelow } : { app: given, config }
}

export function isPartway({ config, refusal }: AppReply): boolean {
  return (config ?? refusal) !== undefined
}
