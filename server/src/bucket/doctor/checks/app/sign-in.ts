// Who may upload: whether the app tells owners from strangers.
import type { Check } from '../../check.js'
import type { AppUnderTest } from '../../probe.js'
import { failed, info, ok } from '../../report.js'
import { type AppReply, callApp } from './call-app.js'

export function appSignIn(app: AppUnderTest, config: () => Promise<AppReply>): Check {
  return {
    name: 'app sign-in',
    needs: ['app mounted'],
    async run() {
      const stranger = await callApp({ ...app, headers: {} })
      if (stranger.config)
        return info("anybody may upload: the option `owner` is 'anonymous', or names an owner for strangers")
      const isSignedIn = (await config()).config !== undefined
      const refused = `strangers are refused (${stranger.status}${stranger.refusal ? ` ${stranger.refusal.code}` : ''})`
      if (Object.keys(app.headers).length === 0) return ok(refused)
      if (isSignedIn) return ok(`${refused}, and the given header signs in`)
      return failed(
        `the given header does not sign in: ${(await config()).refusal?.error ?? 'refused'}`,
        'Give one that is good now, such as the Cookie or Authorization of a signed-in browser; and look at the option `owner`.',
      )
    },
  }
}
