// `partway setup`: shows the plan, asks, and sets the bucket up.

import {
  type PlannedStep,
  planSetup,
  type SetupOptions,
  type SetupStep,
  SKIPPABLE,
  setup,
} from '@partway/server/bucket'
import { Option } from 'commander'
import {
  addBucketCommand,
  type CommandContext,
  type ConnectionFlags,
  runOnBucket,
  type Session,
} from './bucket-command.js'
import { confirm } from './confirm.js'
import { EXIT, type ExitCode } from './io.js'
import { addJournalFlags, type JournalFlags, readJournal } from './journal-flags.js'
import type { Output } from './output.js'
import { collectOrigins, parseDays } from './parse-flags.js'

type SkippedSetting = NonNullable<SetupOptions['skip']>[number]

interface SetupFlags extends ConnectionFlags, JournalFlags {
  origin?: string[]
  prefix: string
  lifecycleDays: number
  skip: SkippedSetting[]
  dryRun?: true
  yes?: true
}

const EXAMPLES = `
Examples:
  partway setup --bucket media --region eu-west-1 --origin https://app.example
  partway setup --bucket media --origin https://app.example --origin https://staging.app.example --yes
  partway setup --bucket media --origin http://localhost:3000 --endpoint http://127.0.0.1:9000 --dry-run
  partway setup --bucket media-journal --skip cors lifecycle`

export function addSetupCommand(session: Session): void {
  const command = addBucketCommand(
    session,
    'setup',
    'Creates the bucket if it is missing, blocks public access, encrypts by default, lets pages upload (CORS), and has ' +
      'unfinished uploads aborted and forgotten entries of the journal deleted. Rules of others are kept. A second run changes nothing.',
  )
  addJournalFlags(command)
    .option(
      '--origin <origin>',
      'of the pages that upload; can be given several times; required without --skip cors',
      collectOrigins,
    )
    .option(
      '--prefix <prefix>',
      "the app's keyPrefix, where apps share the bucket: each has rules of its own",
      '',
    )
    .option('--lifecycle-days <days>', 'after which unfinished uploads are aborted', parseDays, 7)
    .addOption(
      new Option('--skip <settings...>', 'what to leave as it is').choices(SKIPPABLE).default([], 'nothing'),
    )
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText('after', EXAMPLES)
    .action(
      runOnBucket<SetupFlags>(session, async (flags, context) => {
        if (!flags.origin && !flags.skip.includes('cors')) {
          command.error("error: required option '--origin <origin>' not specified")
        }
        // Refused before the bucket is read, because the bucket decides whether there is something to confirm.
        if (!flags.dryRun && !flags.yes && (flags.json || !context.io.stdin.isTTY)) {
          command.error('error: there is nobody to ask. Add --yes, or --dry-run to see the plan.')
        }
        return await planAndApply(flags, context)
      }),
    )
}

async function planAndApply(flags: SetupFlags, { output, io, target }: CommandContext): Promise<ExitCode> {
  const { prefix, lifecycleDays, skip, dryRun = false } = flags
  const origins = flags.origin ?? []
  const options = { ...target, origins, prefix, lifecycleDays, skip, journal: readJournal(flags) }
  if (dryRun || !flags.yes) {
    output.status('Reading the bucket…')
    const plan = await planSetup(options)
    const isDone = plan.every(({ state }) => state !== 'create' && state !== 'change')
    showSteps(plan, output)
    if (dryRun || isDone) {
      output.document({ bucket: flags.bucket, dryRun, steps: plan })
      if (isDone) output.line(exitCode(plan) === EXIT.fine ? 'There is nothing to change.' : NOT_READY)
      else output.line('This was a dry run: nothing was changed.')
      return exitCode(plan)
    }
    const answer = await confirm(`Do this to the bucket "${flags.bucket}"?`, io)
    if (answer !== 'yes') {
      output.line('Nothing was changed.')
      return answer === 'no' ? EXIT.failed : EXIT.interrupted
    }
  }
  output.status('Setting the bucket up…')
  const steps = await setup(options)
  showSteps(steps, output)
  output.document({ bucket: flags.bucket, dryRun, steps })
  output.line(exitCode(steps) === EXIT.fine ? 'The bucket is ready.' : NOT_READY)
  return exitCode(steps)
}

const NOT_READY = 'The bucket is not ready: see what failed.'

const exitCode = (steps: (PlannedStep | SetupStep)[]): ExitCode =>
  steps.some(({ state }) => state === 'failed') ? EXIT.failed : EXIT.fine

const STYLES = {
  unchanged: 'dim',
  create: 'green',
  created: 'green',
  change: 'yellow',
  changed: 'yellow',
  skipped: 'dim',
  failed: 'red',
} as const

function showSteps(steps: (PlannedStep | SetupStep)[], output: Output): void {
  for (const { setting, state, detail, fix } of steps) {
    output.line(`${output.paint(STYLES[state], state.padEnd(9))}  ${setting.padEnd(13)}  ${detail}`)
    if (fix !== undefined) output.line(`${' '.repeat(26)}${output.paint('dim', `→ ${fix}`)}`)
  }
  output.line()
}
