// docs/reference/plugin-options.md: options, methods, events and texts of the plugin.
import type { FunctionDeclaration, MethodDeclaration } from 'ts-morph'
import { notices } from '../../../plugin/src/locale.js'
import { code, fieldTable, optionTable, renderPage, section, sentences, table } from './markdown.js'
import { docOf, type Field, fieldsOf, readDoc, source } from './read-types.js'

const at = (path: string) => source(`plugin/src/${path}`)

export const readRetry = () => fieldsOf(at('settings.ts'), 'RetryOptions')

export function readPluginOptions(): Field[] {
  // Uppy's own option has no docstring.
  const text = 'The plugin’s id in Uppy, for `uppy.getPlugin()`.'
  const [id, ...own] = fieldsOf(at('uppy/options.ts'), 'PartwayOptions')
  return id ? [...own, { ...id, text, tags: { default: "'Partway'" } }] : own
}

export function renderPluginOptions(): string {
  const events = fieldsOf(at('uppy/events.ts'), 'PluginEvents')
  const texts = fieldsOf(at('locale.ts'), 'notices')
  const english: Record<string, string> = notices
  const plugin = at('uppy/plugin.ts').getClassOrThrow('Partway')
  // Uppy calls these.
  const methods = plugin.getMethods().filter((method) => !/^#|^(un)?install$/.test(method.getName()))
  return renderPage('Plugin options', [
    'Look up the options, methods, events and texts of `@partway/uppy`. You need this page when a task page does not name the one that you are looking for.',
    '## Options',
    'A wrong option throws a `TypeError` when you add the plugin. Its message names the option, the bounds and the value. [`retry`](#fields-of-retry) and [`locale`](#texts) have fields of their own.',
    optionTable(readPluginOptions()),
    '## Fields of `retry`',
    optionTable(readRetry()),
    '## Methods',
    "They are methods of `uppy.getPlugin('Partway')`. Only `rememberHandle` is a function that `@partway/uppy` exports.",
    ...methods.flatMap(describe),
    ...describe(at('upload/file-handles.ts').getFunctionOrThrow('rememberHandle')),
    ...section(at('upload/unfinished-upload.ts'), 'UnfinishedUpload'),
    '## Events',
    'They are Uppy’s own, in Uppy’s shapes, and one more. What a listener throws changes nothing for the upload.',
    table(
      ['event', 'meaning'],
      events.map((event) => [code(event.name), sentences(event, event.name)]),
    ),
    ...section(at('uppy/file-events.ts'), 'PartwayBody'),
    '### `PartwayError`',
    `${sentences(docOf(at('errors.ts'), 'PartwayError'))} \`message\` is for the user, in the page’s language. All codes: [errors](errors.md).`,
    // Those that every `Error` has need no explanation.
    fieldTable(fieldsOf(at('errors.ts'), 'PartwayError').filter((field) => field.text)),
    ...section(at('uppy/file-state.ts'), 'WaitingFile'),
    '## Texts',
    'Keys of `locale.strings` that are not errors. Those of errors are their codes: see [errors](errors.md#errors-of-the-plugin).',
    table(
      ['key', 'when the user reads it', 'English'],
      texts.map((text) => [code(text.name), sentences(text, text.name), english[text.name] ?? '']),
    ),
  ])
}

function describe(node: MethodDeclaration | FunctionDeclaration): string[] {
  const { text, tags } = readDoc(node.getSymbolOrThrow())
  const [, signature = ''] = /^(?:export function |override |async )*(.+) \{$/m.exec(node.getText()) ?? []
  const throws = tags.throws && `- **Throws** ${tags.throws.replace(/^\w+/, code)}`
  const list = [tags.returns && `- **Returns** ${tags.returns}`, throws].filter(Boolean).join('\n')
  return [`### \`${node.getName()}\``, code(signature), text, ...(list ? [list] : [])]
}
