// The checks of a running middleware, in order. They share its URL and its reply to `GET /config`.
import type { Check } from '../../check.js'
import type { AppUnderTest } from '../../probe.js'
import { appClock } from './clock.js'
import { appConfig } from './config.js'
import { appOrigin } from './cross-origin.js'
import { type FoundApp, findApp } from './find-app.js'
import { appHealth } from './health.js'
import { appMounted } from './mounted.js'
import { appSignIn } from './sign-in.js'

export function createAppChecks(given: AppUnderTest): Check[] {
  let found: Promise<FoundApp> | undefined
  const find = () => {
    found ??= findApp(given)
    return found
  }
  return [
    appMounted(given, find),
    ...[appHealth, appSignIn, appOrigin, appClock, appConfig].map((check) => check(find)),
  ]
}
