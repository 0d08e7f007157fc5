// `partway doctor`: prints each step as it is done, what was seen and how to fix it.

import type { DoctorReport, Step, StepState } from '@partway/server/bucket'
import { doctor } from '@partway/server/bucket'
import { Option } from 'commander'
import { addBucketCommand, type ConnectionFlags, runOnBucket, type Session } from './bucket-command.js'
import { EXIT } from './io.js'
import { addJournalFlags, type JournalFlags, readJournal } from './journal-flags.js'
import type { Output } from './output.js'
import { parseOrigin, parseUrl } from './parse-flags.js'

interface DoctorFlags extends ConnectionFlags, JournalFlags {
  origin: string
  prefix?: string
  app?: string
  appHeader?: string[]
}

const EXAMPLES = `
Signs: ✓ as it should be, i worth knowing, ! should be changed, ✗ failed, – not looked at.
All that it makes in the bucket is removed at the end, also after Ctrl-C.

Examples:
  partway doctor --bucket media --origin https://app.example
  partway doctor --bucket media --origin https://app.example --endpoint http://127.0.0.1:9000
  partway doctor --bucket media --origin https://app.example --app https://app.example/uploads \\
    --app-header 'Cookie: session=…'`

export function addDoctorCommand(session: Session): void {
  const command = addBucketCommand(
    session,
    'doctor',
    'Walks the whole way of an upload, and says what is wrong and how to put it right',
  )
  addJournalFlags(command)
    .addOption(
      new Option('--origin <origin>', 'origin of the page that uploads')
        .argParser(parseOrigin)
        .makeOptionMandatory(),
    )
    .option('--prefix <prefix>', "the middleware's keyPrefix")
    .addOption(
      new Option(
        '--app <url>',
        'also look at a running middleware: the URL of its routes, or of the app that has them at /uploads',
      ).argParser(parseUrl),
    )
    .addOption(
      new Option('--app-header <header...>', "signs a user in to the app: 'Name: value'; never printed").env(
        'PARTWAY_APP_HEADER',
      ),
    )
    .addHelpText('after', EXAMPLES)
    .action(
      runOnBucket<DoctorFlags>(session, async (flags, { output, io, target }) => {
        const { origin, prefix = '', app, appHeader = [] } = flags
        const appHeaders = parseHeaders(session, appHeader)
        const report = await doctor({
          ...target,
          origin,
          prefix,
          appHeaders,
          journal: readJournal(flags),
          ...(app !== undefined && { app }),
          onStep: (step) => showStep(output, step),
        })
        output.document(report)
        for (const line of summarise(report)) output.line(line)
        if (io.signal.aborted) return EXIT.interrupted
        return report.ok ? EXIT.fine : EXIT.failed
      }),
    )
}

const SIGNS = {
  ok: ['✓', 'green'],
  info: ['i', 'cyan'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['–', 'dim'],
} as const satisfies Record<StepState, readonly [sign: string, style: string]>

// The length of the longest name, a permission's.
const NAME_WIDTH = 27

function showStep(output: Output, { name, state, seen, fix, because }: Step): void {
  // The summary lists these: there may be many, and none adds information.
  if (because !== undefined) return
  const [sign, style] = SIGNS[state]
  output.line(`${output.paint(style, sign)} ${name.padEnd(NAME_WIDTH)}  ${seen}`)
  if (fix !== undefined) output.line(`    ${output.paint('bold', 'Fix:')} ${fix}`)
}

/** The lines after the steps. */
export function summarise({ ok, steps, leftBehind }: DoctorReport): string[] {
  const count = (state: StepState) => steps.filter((step) => step.state === state).length
  const counts = (Object.keys(SIGNS) as StepState[])
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state === 'warning' && count(state) > 1 ? 'warnings' : state}`)
  const left = leftBehind.map((key) => `  ${key}`)
  return [
    ...listUnseen(steps),
    '',
    ...(left.length > 0 ? ['Left behind in the bucket:', ...left] : []),
    `${conclude(ok, steps)} ${counts.join(', ')}.`,
  ]
}

function conclude(ok: boolean, steps: Step[]): string {
  if (ok) return steps.some(({ name }) => name.startsWith('app ')) ? 'Uploads work.' : 'The bucket works.'
  return steps.some(({ state }) => state === 'failed')
    ? 'Not everything works.'
    : 'Not everything was looked at.'
}

/** Skipped steps, by the step that caused it. */
function listUnseen(steps: Step[]): string[] {
  const causes = new Set(steps.flatMap(({ because }) => because ?? []))
  return [...causes].map((cause) => {
    const names = steps.filter(({ because }) => because === cause).map(({ name }) => name)
    return `${SIGNS.skipped[0]} not looked at, because of "${cause}": ${names.join(', ')}`
  })
}

// Not parsed by commander, whose message would repeat the value.
function parseHeaders({ program }: Session, headers: string[]): Record<string, string> {
  const entries = headers.map((header) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(\S.*)$/.exec(header) ?? []
    if (name === undefined || value === undefined) {
      return program.error("error: option '--app-header' must be like 'Name: value'.", { exitCode: 2 })
    }
    return [name.toLowerCase(), value] as const
  })
  return Object.fromEntries(entries)
}
