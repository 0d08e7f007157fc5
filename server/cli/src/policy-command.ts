// `partway policy`: the permissions that the middleware needs, and the bucket as infrastructure code. Does not call S3.

import {
  bucketPolicy,
  explainPolicy,
  type Policy,
  type PolicyOptions,
  policy,
  type SnippetFormat,
  snippet,
} from '@partway/server/bucket'
import { Option } from 'commander'
import type { Session } from './bucket-command.js'
import { addJournalFlags, type JournalFlags, readJournal } from './journal-flags.js'
import { Output } from './output.js'
import { collectOrigins, parseDays } from './parse-flags.js'

interface PolicyFlags extends Omit<PolicyOptions, 'journal'>, JournalFlags {
  format: 'json' | SnippetFormat
  explain?: true
  json?: true
  origin?: string[]
  lifecycleDays?: number
  bucketPolicy?: true
  principal?: string
  bucketOwner?: string
}

const EXAMPLES = `
Examples:
  partway policy --bucket media > policy.json
  partway policy --bucket media --prefix uploads/ --explain
  partway policy --bucket media --bucket-policy --principal arn:aws:iam:::user/uploads > policy.json
  partway policy --bucket media --format terraform --origin https://app.example > uploads.tf`

export function addPolicyCommand({ program, io }: Session): void {
  const command = program
    .command('policy')
    .description("The least-privilege IAM policy for the middleware's credentials")
    .requiredOption('--bucket <name>', 'the bucket')
    .option('--prefix <prefix>', 'only objects whose keys start with it: the option keyPrefix')
    .option('--region <region>', 'for ARNs outside of the commercial partition: China, GovCloud, …')
    .option('--acl', 'for the option object.acl')
    .option('--tags', 'for the option object.tags')
    .option('--sts [role]', "for the option sts, with its role's ARN if it has one")
    .option('--kms <arn>', 'of the KMS key that objects are encrypted with, not of an alias')
    .addOption(
      new Option(
        '--bucket-policy',
        'as a policy of the bucket, for stores without policies of users (Ceph)',
      ).conflicts(['sts', 'kms', 'format']),
    )
    .option('--principal <arn>', 'of the bucket policy: who the middleware runs as')
    .option('--bucket-owner <arn>', 'of the bucket policy: who owns the bucket, if the store is Ceph')
    .option('--explain', 'say what each action is for')
    .addOption(
      new Option('--format <format>', 'the policy alone, or with bucket, CORS, lifecycle and user')
        .choices(['json', 'terraform', 'cloudformation'])
        .default('json'),
    )
    .option(
      '--origin <origin>',
      'of the pages that upload, for the other formats; can be given several times',
      collectOrigins,
    )
    .option('--lifecycle-days <days>', 'for the other formats; default: 7', parseDays)
    .option('--json', 'print one JSON document: policy and uses, or the other format as a string')
  addJournalFlags(command).addHelpText('after', EXAMPLES)
  command.action((flags: PolicyFlags) => {
    const { format, explain, json, origin, lifecycleDays, bucketPolicy: isOfBucket, ...more } = flags
    const { journalBucket: _, journalPrefix: __, ...others } = more
    const rest = { ...others, journal: readJournal(flags) }
    const { principal, bucketOwner, ...options } = rest
    const output = new Output(io, json ?? false)
    if (isOfBucket) {
      if (principal === undefined) return command.error('error: --bucket-policy needs --principal')
      return showPolicy(bucketPolicy({ ...rest, principal }), options, explain ?? false, output)
    }
    if ((principal ?? bucketOwner) !== undefined) {
      return command.error('error: --principal and --bucket-owner go with --bucket-policy')
    }
    if (format === 'json') return showPolicy(policy(options), options, explain ?? false, output)
    if (explain) command.error('error: --explain goes with --format json')
    if (!origin) return command.error(`error: --format ${format} needs --origin, for CORS`)
    const text = snippet(format, {
      ...options,
      origins: origin,
      ...(lifecycleDays !== undefined && { lifecycleDays }),
    })
    output.document({ format, text })
    output.line(text.trimEnd())
  })
}

function showPolicy(document: Policy, options: PolicyOptions, explain: boolean, output: Output): void {
  const actions = explainPolicy(options)
  output.document({ policy: document, actions })
  if (!explain) {
    output.line(JSON.stringify(document, undefined, 2))
    return
  }
  const width = Math.max(...actions.map(({ action }) => action.length))
  for (const resource of new Set(actions.map((right) => right.resource))) {
    output.line(resource)
    for (const { action, use } of actions.filter((right) => right.resource === resource)) {
      output.line(`  ${action.padEnd(width)}  ${use}`)
    }
  }
}
