// docs/reference/errors.md: every code, when it comes, and what the plugin does about it.
import { BUCKET_ERROR_CODES } from '@partway/server/bucket'
import { defaultLocale, notices } from '../../../plugin/src/locale.js'
import { ERROR_CODES } from '../../../server/core/src/errors.js'
import { code, renderPage, sentences, table } from './markdown.js'
import { describeFields, docOf, fieldsOf, readDoc, source } from './read-types.js'

const codes = source('plugin/src/error-codes.ts')

/** What the plugin does about each code of the server that a page can see, by the groups of `plugin/src/error-codes.ts`. */
export function readReactions(): Map<string, { group: string; text: string }> {
  const groups = codes.getTypeAliases().filter((alias) => !alias.getName().endsWith('Code'))
  const reactions = groups.flatMap((alias) => {
    const type = alias.getType()
    const reaction = { group: alias.getName(), ...readDoc(alias.getSymbolOrThrow()) }
    const members = type.isUnion() ? type.getUnionTypes() : [type]
    return members.map((member) => [String(member.getLiteralValue()), reaction] as const)
  })
  const ofHost = fieldsOf(codes, 'HostErrorCodes').map(
    (field) => [field.name, { group: 'Host', ...field }] as const,
  )
  return new Map([...reactions, ...ofHost])
}

export function renderErrors(): string {
  const reactions = readReactions()
  const locale = source('plugin/src/locale.ts').getVariableDeclarationOrThrow('defaultLocale')
  const strings = locale.getType().getPropertyOrThrow('strings').getTypeAtLocation(locale)
  const own = describeFields(strings).filter(({ name }) => !(name in notices))
  const english: Record<string, string> = defaultLocale.strings
  return renderPage('Errors', [
    'Look up what an error code means, when it comes, and what happens then. You need this page when an upload fails, or when your page or your server reacts to a code.',
    '## Errors of the server',
    'Every reply that is not a success has an [error body](routes.md#errorbody) with one of these codes, and so has every failed item of a list. `authorize`, `onVerify` and hooks can have codes of their own: see [your own error codes](../who-may-upload.md#your-own-error-codes). `@partway/koa` exports the table as `ERROR_CODES`.',
    table(
      ['code', 'status', 'meaning', 'what `@partway/uppy` does'],
      Object.entries(ERROR_CODES).map(([name, { status, meaning }]) => {
        const reaction = reactions.get(name)?.text ?? 'Pages with `@partway/uppy` never see it.'
        return [anchored(name), String(status), meaning, reaction]
      }),
    ),
    `Any other code, such as one of your own, fails the file at once. ${sentences(docOf(codes, 'HostErrorCodes'))}`,
    '## Errors of the plugin',
    'The plugin finds these by itself. Uppy’s `upload-error` has them, and the server’s, as a [`PartwayError`](plugin-options.md#partwayerror).',
    table(
      ['code', 'when', 'English'],
      own.map((text) => [
        anchored(text.name, text.name in ERROR_CODES ? 'plugin-' : ''),
        sentences(text, text.name),
        english[text.name] ?? '',
      ]),
    ),
    '## Errors of the bucket commands',
    'The command `partway` prints the code behind its message. The functions of `@partway/server/bucket` throw a `BucketError` with the code. For misused options they throw a `TypeError`.',
    table(
      ['code', 'meaning'],
      Object.entries(BUCKET_ERROR_CODES).map(([name, meaning]) => [code(name), meaning]),
    ),
  ])
}

/** The first cell of a row that other pages can link to. */
const anchored = (name: string, prefix = '') => `<a id="${prefix}${name}"></a>${code(name)}`
