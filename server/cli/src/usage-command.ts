// `partway usage`: unfinished uploads by age and size.

import { type Usage, usage } from '@partway/server/bucket'
import prettyBytes from 'pretty-bytes'
import { addBucketCommand, type ConnectionFlags, runOnBucket, type Session } from './bucket-command.js'
import { EXIT } from './io.js'

interface UsageFlags extends ConnectionFlags {
  prefix?: string
}

export function addUsageCommand(session: Session): void {
  addBucketCommand(
    session,
    'usage',
    'Unfinished uploads by age and size: what is billed and shows in no list',
  )
    .option('--prefix <prefix>', 'only uploads whose keys start with it')
    .addHelpText(
      'after',
      '\nExamples:\n  partway usage --bucket media\n  partway usage --bucket media --prefix uploads/ --json',
    )
    .action(
      runOnBucket<UsageFlags>(session, async ({ prefix = '' }, { output, target }) => {
        const found = await usage({
          ...target,
          prefix,
          onProgress: ({ uploads, bytes }) => output.status(`Counting: ${uploads}, ${size(bytes)}…`),
        })
        output.document(found)
        for (const line of describeUsage(found)) output.line(line)
        return EXIT.fine
      }),
    )
}

function describeUsage({ ages, uploads, bytes, oldest }: Usage): string[] {
  const rows = [...ages, { age: 'in all', uploads, bytes }]
  const table = rows.map((row) =>
    [row.age.padEnd(12), String(row.uploads).padStart(8), size(row.bytes).padStart(10)].join('  '),
  )
  return [
    `${'unfinished'.padEnd(12)}  ${'uploads'.padStart(8)}  ${'size'.padStart(10)}`,
    ...table,
    ...(oldest === null ? [] : ['', `The oldest began ${oldest}.`]),
  ]
}

const size = (bytes: number) => prettyBytes(bytes, { binary: true })
