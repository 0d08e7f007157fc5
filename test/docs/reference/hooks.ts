// docs/reference/hooks.md: the host's functions that `partway()` calls.
import { code, defaultOf, fieldTable, readMore, renderPage, section, sentences } from './markdown.js'
import { type Field, fieldsOf, source } from './read-types.js'
import { readServerOptions } from './server-options.js'

/** In the order in which they are called. */
const ORDER = ['owner', 'authorize', 'key', 'onCreate', 'onVerify', 'onComplete', 'onAbort', 'onError']
const EVENTS = ['CreatedUpload', 'UploadedObject', 'CompletedObject', 'AbortedUpload', 'ErrorInfo']

const options = source('server/core/src/options.ts')

export function renderHooks(): string {
  const functions = readServerOptions().filter(({ type }) => type.includes('=>'))
  return renderPage('Hooks', [
    'Look up when Partway calls your functions, what they get, what they may return, and what happens if they throw. You need this page when you write one of them.',
    'All of them are options of `partway()`, and may be async. They are listed in the order in which Partway calls them for an upload. `ctx` is the context of the page’s request. It is `undefined` when the server acts by itself.',
    'To tell the page something, throw a `PartwayError`. The page never sees the message of any other error.',
    ...functions.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)).flatMap(describe),
    '## What they get',
    ...section(options, 'UploadFile'),
    ...EVENTS.flatMap((type) => section(source('server/core/src/hooks.ts'), type)),
    '## What they may return or throw',
    ...section(options, 'Overrides'),
    ...section(source('server/core/src/rules/refusal.ts'), 'Refusal'),
    '### `PartwayError`',
    "Exported by `@partway/koa`: `new PartwayError('refused', 'The project is closed.')`, or with a code of your own `new PartwayError('payment_required', 'Pay first.', { status: 402 })`. The user reads the message. The last argument may also have:",
    fieldTable(fieldsOf(source('server/core/src/errors.ts'), 'PartwayErrorOptions')),
  ])
}

function describe(field: Field): string[] {
  const { name, type, optional, tags } = field
  const { returns, throws = '' } = tags
  const list = [
    `- **Returns** ${returns}`,
    `- **If it throws:** ${throws.charAt(0).toLowerCase()}${throws.slice(1)}`,
    optional ? `- **Without it:** ${defaultOf(field) || 'nothing happens'}.` : '- **Required.**',
  ]
  const text = [sentences(field, name), readMore(field)].filter(Boolean).join(' ')
  return [`## \`${name}\``, code(type), text, list.join('\n')]
}
