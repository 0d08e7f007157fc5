// docs/bucket.md and docs/doctor.md have every command, and every option of each; the package's page names the commands.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createSession } from '../../../server/cli/src/program.js'

const read = (path: string) => readFile(join(import.meta.dirname, '../../..', path), 'utf8')
const bucket = await read('docs/bucket.md')
const doctor = await read('docs/doctor.md')
const readme = await read('server/cli/README.md')

const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
const { program } = createSession({ stdin, stdout, stderr, signal: new AbortController().signal })

test.each(program.commands.map((command) => [command.name(), command] as const))(
  '%s',
  (name, { options }) => {
    expect(bucket).toContain(`| \`partway ${name}\` |`)
    expect(readme).toContain(`| \`${name}\` |`)
    const page = name === 'doctor' ? bucket + doctor : bucket
    for (const { flags } of options) expect(page).toContain(`\`${flags}\``)
  },
)
