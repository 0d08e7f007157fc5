// Whether the middleware answers at the URL, and if not, what does.
import type { Check } from '../../check.js'
import { explainFailure, shorten } from '../../explain-failure.js'
import type { AppUnderTest } from '../../probe.js'
import { type Finding, failed, ok } from '../../report.js'
import type { AppReply } from './call-app.js'
import { DEFAULT_PATH, type FoundApp, isPartway, urlBelow } from './find-app.js'

export function appMounted(given: AppUnderTest, find: () => Promise<FoundApp>): Check {
  return {
    name: 'app mounted',
    needs: [],
    async run() {
      try {
        const { app, config } = await find()
        return isPartway(config) ? ok(`Partway answers at ${app.url}`) : explain(app, config)
      } catch (error) {
        const { seen, fix } = explainFailure(error, new URL(given.url).host)
        return failed(seen, fix)
      }
    },
  }
}

function explain(app: AppUnderTest, { status, headers, body }: AppReply): Finding {
  const { url } = app
  const below = urlBelow(app)
  const { pathname } = new URL(url)
  const path = pathname === '/' ? DEFAULT_PATH : pathname
  const mount = `Mount the middleware there: app.use(partway({ path: '${path}', … })), before what answers now, and let proxies pass ${path}/* on to it. The URL is that of the app with its \`path\`.`
  const signIn =
    'Let the sign-in of the app pass, with a header that signs a user in (--app-header, option `appHeaders`).'
  // Its query may hold private data.
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
  if (status === 404) {
    const nor = below === undefined ? '' : `, nor at ${below}`
    return failed(`nothing is mounted at ${url}${nor}: GET /config is answered with 404`, mount)
  }
  if (status >= 500) return failed(`the app fails at ${url}/config with ${status}`, 'Look at its log.')
  const isPage = headers.get('content-type')?.includes('html') || /^\s*<(!doctype|html)/i.test(body)
  return failed(
    `${url}/config is answered with ${isPage ? 'an HTML page' : 'something that is not of Partway'} (${status}), so another route takes it`,
    mount,
  )
}
