// Where the middleware is: at the URL that was given, or where it is below that unless told otherwise.
import type { AppUnderTest } from '../../probe.js'
import { type AppReply, callApp } from './call-app.js'

export interface FoundApp {
  /** With the URL at which Partway answers, or the one that was given. */
  app: AppUnderTest
  /** The reply to `GET /config` there. */
  config: AppReply
}

export const DEFAULT_PATH = '/uploads'

/** Where else it is looked for. `undefined`: the URL says so itself. */
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
