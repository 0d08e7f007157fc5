// Who runs which command line of the docs. A line that nobody runs is an error.
import type { ReaderApp } from './app.js'
import { checkAwsCommand } from './aws.js'
import type { CommandLine } from './command-lines.js'
import {
  expectBin,
  expectCleanInstall,
  expectExample,
  expectPackages,
  expectScript,
  expectTests,
} from './npm.js'
import { type Bench, runPartway } from './partway.js'
import { runStore } from './store.js'

/** What command lines find around them. */
export interface Terminal {
  bench: Bench
  app: ReaderApp
}

type Runner = (found: string[], line: CommandLine, terminal: Terminal) => void | Promise<void>

const RUNNERS: [pattern: RegExp, run: Runner][] = [
  [/^npm ci$/, () => expectCleanInstall()],
  [/^npm install (?:--save-dev )?(.+)$/, ([, names = '']) => expectPackages(names.split(' '))],
  [/^npm run example (\S+)$/, ([, folder = '']) => expectExample(folder)],
  [/^npm run (\S+) --workspace (\S+)$/, ([, script = '', folder]) => expectScript(script, folder)],
  [/^(?:PORT=\d+ )?npm (?:run )?(start|test|[a-z:]+)(?: -- .*)?$/, ([, script = '']) => expectScript(script)],
  [/^(?:npx )?partway (.+)$/, ([, args = ''], { output }, { bench }) => runPartway(args, output, bench)],
  [
    /^aws (iam|s3api) (\S+)(.*)$/,
    ([, service = '', name = '', flags = ''], _, { bench }) =>
      checkAwsCommand(service, name, flags, bench.folder),
  ],
  // Where the S3 is, and who calls it: here it is the world's.
  [/^(export|unset) (AWS_|APP_SECRET)/, () => undefined],
  // On a Ceph, as the lines around it.
  [/^radosgw-admin /, () => expectTests('server/cli/ceph.test.ts')],
  [/npx vitest run (\S+)$/, ([, path = '']) => expectTests(path)],
  [/^npx (\w+)/, ([, name = '']) => expectBin(name)],
  [/^(?:npx @partway\/store|node demo\/storage\/dist\/main\.js) (.+)$/, ([, flags = '']) => runStore(flags)],
  [/node (\w+\.js)$/, ([, file = ''], { text }, { app }) => app.start(text, file)],
  [/^curl .*\/uploads\//, (_, { text }, { app }) => app.ask(text)],
]

/** @throws if nobody runs it, or if it does not do what the docs say. */
export async function runLine(line: CommandLine, terminal: Terminal): Promise<void> {
  for (const [pattern, run] of RUNNERS) {
    const found = pattern.exec(line.text)
    if (found) return await run([...found], line, terminal)
  }
  throw new Error(`Nobody runs "${line.text}": add it to test/docs/commands/run-line.ts`)
}
