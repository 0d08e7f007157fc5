// The command line as a function: arguments in, exit code out.
import { createRequire } from 'node:module'
import { OptionError } from '@partway/server/bucket'
import { Command, CommanderError } from 'commander'
import type { Session } from './bucket-command.js'
import { addDoctorCommand } from './doctor-command.js'
import { EXIT, type ExitCode, type Io } from './io.js'
import { addPolicyCommand } from './policy-command.js'
import { addSetupCommand } from './setup-command.js'
import { addSweepCommand } from './sweep-command.js'
import { addUsageCommand } from './usage-command.js'

const NOTES = `
Credentials are found as the AWS SDK finds them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, SSO, or the
role of the machine.

Exit codes: 0 fine, 1 something failed or you said no, 2 wrong usage, 130 interrupted.`

const { version }: { version: string } = createRequire(import.meta.url)('../package.json')

/** @param args without Node and the script */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  const session = createSession(io)
  try {
    await session.program.parseAsync(args, { from: 'user' })
    return session.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.wrongUsage
    if (!(error instanceof OptionError)) throw error
    io.stderr.write(`error: ${error.message.replace(/^\w+\(\): /, '')}\n`)
    return EXIT.wrongUsage
  }
}

/** The program with all its commands. */
export function createSession(io: Io): Session {
  const program = new Command('partway')
    .version(version)
    .description('Looks after the S3 bucket that browsers upload to.')
    .addHelpText('after', NOTES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  const session: Session = { program, io, exitCode: EXIT.fine }
  const commands = [addSetupCommand, addPolicyCommand, addDoctorCommand, addSweepCommand, addUsageCommand]
  for (const add of commands) add(session)
  return session
}
