// docs/reference/routes.md: the native routes, as the protocol has them, and those of Companion.
import { ROUTES } from '../describe-protocol.js'
import { code, fieldTable, renderPage, section, sentences, table } from './markdown.js'
import { fieldsOf, readDoc, shorten, source } from './read-types.js'

const protocol = source('server/core/src/protocol.ts')

/** Types that requests and replies consist of. */
const TYPES = [
  ...['FileRequest', 'FormGrant', 'PutGrant', 'MultipartGrant', 'PartToSign', 'SignedPart', 'StoredPart'],
  ...['CompletedUpload', 'UnfinishedUpload', 'QuotaLeft', 'ErrorBody'],
]

export function renderRoutes(): string {
  return renderPage('Routes', [
    'Look up the HTTP routes of Partway’s server, with their requests and replies. You need this page when you write a client of your own, or want to know what goes over the wire.',
    'Each route is below the option [`path`](server-options.md#path). All but the GETs are POST with a JSON body of at most 1 MiB, sent as `application/json`. Replies are JSON with `Cache-Control: no-store` and `X-Request-Id`. The types are exported by `@partway/koa`, and by `@partway/server/protocol`, which imports nothing. [openapi.json](../openapi.json) describes the native routes for programs.',
    'Where a request has a list, the reply is 200 with one outcome for each item, in order: a result or an [`ErrorBody`](#errorbody). A call that fails as a whole is answered with an `ErrorBody` and its status.',
    '## Native',
    ...Object.entries(ROUTES).flatMap(([route, { summary, request, reply }]) => [
      `### ${route.replace(/^\w+/, (method) => method.toUpperCase())}`,
      summary,
      ...(request ? [`**Request**, type \`${request.type}\`:\n${listFields(request.type)}`] : []),
      `**Reply**, type \`${reply}\`:\n${listFields(reply)}`,
    ]),
    '## Types',
    ...TYPES.flatMap((type) => section(protocol, type)),
    '## Companion',
    'Only with the option [`companion`](server-options.md#companion). They are for an unmodified `@uppy/aws-s3`, version 5 or 6. The `uploadId` is a ticket. Uploads of one protocol cannot be continued with the other. Error bodies have the sentence in `message`, too, where these clients look for it. See [companion](../companion.md).',
    table(['route', 'what it does', 'request', 'reply'], readCompanionRoutes()),
    '### GET /s3/sts',
    'Gives the owner temporary credentials. Only with the option [`sts`](server-options.md#sts), and with or without `companion`.',
    fieldTable(fieldsOf(source('server/core/src/s3/temporary-credentials.ts'), 'TemporaryCredentials')),
  ])
}

function listFields(type: string): string {
  const describe = (name: string, isOptional: boolean) => code(`${name}${isOptional ? '?' : ''}`)
  const fields = fieldsOf(protocol, type).map(
    (field) =>
      `- ${describe(field.name, field.optional)}: ${code(field.type)}. ${sentences(field, field.name)}`,
  )
  return fields.join('\n')
}

/** From the table of routes: each handler's docstring and type. */
function readCompanionRoutes(): string[][] {
  const file = source('server/core/src/http/companion.ts')
  const rows = file.getVariableDeclarationOrThrow('companionRoutes').getInitializerOrThrow().getText()
  return [...rows.matchAll(/method: '(\w+)', path: '(.+?)'.*handle: (\w+)/g)].map(
    ([, method = '', path = '', handler = '']) => {
      const handle = file.getFunctionOrThrow(handler)
      const doc = readDoc(handle.getSymbolOrThrow())
      const request = doc.tags.param?.replace(/^call /, '') ?? ''
      const [, reply = ''] = /^Promise<(.*)>$/s.exec(handle.getReturnTypeNodeOrThrow().getText()) ?? []
      const route = code(`${method.toUpperCase()} ${path}`)
      return [route, sentences(doc, handler), request, doc.tags.returns ?? code(shorten(reply))]
    },
  )
}
