// Whether the middleware answers at the URL, and if not, who does.
import type { Check } from '../../check.js'
import { explainFailure, shorten } from '../../explain-failure.js'
import type { AppUnderTest } from '../../probe.js'
import { type Finding, failed, ok } from '../../report.js'
import type { AppReply } from './call-app.js'

/** @param app its replies are shared with the other checks of it */
export function appMounted(app: AppUnderTest, config: () => Promise<AppReply>): Check {
  return {
    name: 'app mounted',
    needs: [],
    async run() {
      try {
        const reply = await config()
        if (reply.config || reply.refusal) return ok(`Partway answers at ${app.url}`)
        return explain(app, reply)
      } catch (error) {
        const { seen, fix } = explainFailure(error, new URL(app.url).host)
        return failed(seen, fix)
      }
    },
  }
}

function explain({ url }: AppUnderTest, { status, headers, body }: AppReply): Finding {
  const { pathname } = new URL(url)
  const mount = `Mount the middleware there: app.use(partway({ path: '${pathname}', … })), before what answers now, and let proxies pass ${pathname}/* on to it. The URL is that of the app with its \`path\`.`
  const signIn =
    'Let the sign-in of the app pass, with a header that signs a user in (--app-header, option `appHeaders`).'
  // Its query may hold what is nobody's business.
  const location = headers.get('location')?.split(/[?#]/)[0]
  if (status >= 300 && status < 400) {
    return failed(
      `${url}/config redirects (${status}) to ${shorten(location ?? 'nowhere')}`,
      `${signIn} If it is no sign-in: give the URL that it redirects to.`,
    )
  }
  if (status === 401 || status === 403) {
    return failed(`something before Partway refuses ${url}/config with ${status}`, signIn)
  }
  if (status === 404) return failed(`nothing is mounted at ${url}: GET /config is answered with 404`, mount)
  if (status >= 500) return failed(`the app fails at ${url}/config with ${status}`, 'Look at its log.')
  const isPage = headers.get('content-type')?.includes('html') || /^\s*<(!doctype|html)/i.test(body)
  return failed(
    `${url}/config is answered with ${isPage ? 'an HTML page' : 'something that is not of Partway'} (${status}), so another route takes it`,
    mount,
  )
}
