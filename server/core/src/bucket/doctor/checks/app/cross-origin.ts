// Whether a page on the origin may call the middleware, also from another site.
import type { Check } from '../../check.js'
import type { Probe } from '../../probe.js'
import { failed, ok } from '../../report.js'
import { callApp } from './call-app.js'
import type { FoundApp } from './find-app.js'

export function appOrigin(find: () => Promise<FoundApp>): Check {
  return {
    name: 'app origin',
    needs: ['app mounted'],
    async run({ origin }: Probe) {
      const { app } = await find()
      const isOwn = new URL(app.url).origin === origin
      const site = isOwn ? 'same-origin' : 'cross-site'
      const page = { origin, 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' }
      const reply = await callApp(app, { headers: page })
      if (reply.refusal?.code === 'origin_refused') return refuse(origin, reply.refusal.error)
      if (isOwn) return ok('pages of the app itself may call it')
      const asked = await callApp(app, {
        method: 'OPTIONS',
        path: '/create',
        headers: {
          ...page,
          'access-control-request-method': 'POST',
          'access-control-request-headers': ['content-type', ...Object.keys(app.headers)]
            .map(toLowerCase)
            .join(','),
        },
      })
      const allows = (headers: Headers) => headers.get('access-control-allow-origin') === origin
      if (!allows(asked.headers))
        return refuse(
          origin,
          `the preflight is answered with ${asked.status}, without Access-Control-Allow-Origin`,
        )
      if (!allows(reply.headers)) return refuse(origin, 'the reply has no Access-Control-Allow-Origin for it')
      return ok(`pages on ${origin} may call it`)
    },
  }
}

function refuse(origin: string, reason: string) {
  return failed(
    `a page on ${origin} may not call it: ${reason}`,
    `Add '${origin}' to the option \`allowedOrigins\`; if the app answers preflights itself, there too.`,
  )
}

const toLowerCase = (name: string) => name.toLowerCase()
