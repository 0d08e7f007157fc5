// docs/reference/server-options.md: every option of `partway()`.
import { code, defaultOf, optionTable, readMore, renderPage, sentences } from './markdown.js'
import { type Field, fieldsOf, source } from './read-types.js'

const GROUPS: Record<string, string> = {
  'Bucket and S3': 'bucket client region endpoint credentials forcePathStyle signingClient hosts s3TimeoutMs',
  'Who may upload what': 'owner authorize limits quota allowedOrigins',
  Objects: 'keyPrefix key object verifyContent onVerify',
  'After the upload': 'onCreate onComplete onAbort onError finishEverySeconds journal',
  'Parts and signatures':
    'partSize multipartThreshold singleUpload checksum urlExpiresInSeconds ticketExpiresInSeconds',
  'Routes and secrets': 'path name secrets companion sts',
}

const read = (path: string, type: string) => fieldsOf(source(`server/core/src/${path}`), type)

export function readServerOptions(): Field[] {
  const clients = read('s3/connection-options.ts', 'ClientOption').filter(({ name }) => name === 'client')
  const settings = read('s3/connection-options.ts', 'ClientSettings').filter(({ name }) => name !== 'client')
  const client = clients.map((option) => ({ ...option, optional: true }))
  return [...client, ...settings, ...read('options.ts', 'CommonOptions')]
}

/** Options that are objects: their fields. */
export const readNested = (): Record<string, Field[]> => ({
  limits: read('rules/limits.ts', 'Limits'),
  quota: read('quota/quota-options.ts', 'QuotaOptions'),
  object: read('rules/object-options.ts', 'ObjectOptions'),
  journal: read('s3/journal-place.ts', 'JournalOptions'),
  sts: read('s3/temporary-credentials.ts', 'StsOptions'),
})

export function renderServerOptions(): string {
  const options = readServerOptions()
  const nested = readNested()
  const groups = Object.entries(GROUPS).map(([title, names]) => [title, names.split(' ')] as const)
  const grouped = new Set(groups.flatMap(([, names]) => names))
  const left = options.filter(({ name }) => !grouped.has(name))
  if (left.length > 0) throw new Error(`In no group: ${left.map(({ name }) => name).join(', ')}`)
  const contents = groups.map(([title, names]) => {
    const links = names.map((name) => `[\`${name}\`](#${name.toLowerCase()})`)
    return `- **${title}**: ${links.join(', ')}`
  })
  const describe = (option: Field) => {
    const { name, type } = option
    const shown = defaultOf(option)
    const more = [
      shown === 'required' ? 'Required.' : shown && `Default: ${shown}.`,
      nested[name] && `[Its fields](#fields-of-${name}).`,
      // What they return and throw is there.
      type.includes('=>') ? `See [hooks](hooks.md#${name.toLowerCase()}).` : readMore(option),
    ]
    const sayings = [`${code(type)}.`, sentences(option, name), ...more]
    return [`### \`${name}\``, sayings.filter(Boolean).join(' ')]
  }
  return renderPage('Server options', [
    'Look up every option of `partway()`, with its type, bounds and default. You need this page when a task page does not name the option that you are looking for.',
    contents.join('\n'),
    'A misused option throws a `TypeError` when you call `partway()`. Its message names the option, the bound and the value. `undefined` means "not set" where the type allows it.',
    ...groups.flatMap(([title, names]) => [
      `## ${title}`,
      ...names.flatMap((name) => options.filter((option) => option.name === name).flatMap(describe)),
    ]),
    ...Object.entries(nested).flatMap(([name, fields]) => [`## Fields of \`${name}\``, optionTable(fields)]),
  ])
}
