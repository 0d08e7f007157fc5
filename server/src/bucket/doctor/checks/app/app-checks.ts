// The checks of a running middleware, in order. One call of `GET /config` serves several.
import type { Check } from '../../check.js'
import type { AppUnderTest } from '../../probe.js'
import { type AppReply, callApp } from './call-app.js'
import { appClock } from './clock.js'
import { appConfig } from './config.js'
import { appOrigin } from './cross-origin.js'
import { appMounted } from './mounted.js'
import { appSignIn } from './sign-in.js'

export function createAppChecks(app: AppUnderTest): Check[] {
  let asked: Promise<AppReply> | undefined
  const config = () => {
    asked ??= callApp(app)
    return asked
  }
  return [
    appMounted(app, config),
    appSignIn(app, config),
    appOrigin(app),
    appClock(config),
    appConfig(config),
  ]
}
