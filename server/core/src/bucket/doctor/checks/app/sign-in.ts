// Whether the app refuses uploads by users who are not signed in, and lets the given header sign in.
import type { Check } from '../../check.js'
import { failed, info, ok } from '../../report.js'
import { callApp } from './call-app.js'
import type { FoundApp } from './find-app.js'

export function appSignIn(find: () => Promise<FoundApp>): Check {
  return {
    name: 'app sign-in',
    needs: ['app health'],
    async run() {
      const { app, config } = await find()
      const stranger = await callApp({ ...app, headers: {} })
      if (stranger.config)
        return info("anybody may upload: the option `owner` is 'anonymous', or names an owner for strangers")
      if (stranger.status >= 500) {
        return failed(
          `a stranger's call fails (${stranger.status}), and is not refused`,
          "Let the option `owner` return undefined for who is not signed in. The app's log has the error.",
        )
      }
      const refused = `strangers are refused (${stranger.status}${stranger.refusal ? ` ${stranger.refusal.code}` : ''})`
      if (Object.keys(app.headers).length === 0) return ok(refused)
      if (config.config) return ok(`${refused}, and the given header signs in`)
      return failed(
        `the given header does not sign in: ${config.refusal?.error ?? 'refused'}`,
        'Give one that is good now, such as the Cookie or Authorization of a signed-in browser; and look at the option `owner`.',
      )
    },
  }
}
