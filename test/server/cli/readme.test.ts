// The README lists every command, and every option of each.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createSession } from '../../../server/cli/src/program.js'

const readme = await readFile(join(import.meta.dirname, '../../../server/koa/README.md'), 'utf8')
const start = readme.indexOf('\n## Bucket\n')
const bucket = readme.slice(start, readme.indexOf('\n## ', start + 1))
const [, doctor = ''] = readme.split('\n## Doctor\n')

const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
const { program } = createSession({ stdin, stdout, stderr, signal: new AbortController().signal })

test.each(program.commands.map((command) => [command.name(), command] as const))(
  '%s',
  (name, { options }) => {
    expect(bucket).toContain(`| \`partway ${name}\` |`)
    const section = name === 'doctor' ? bucket + doctor : bucket
    for (const { flags } of options) expect(section).toContain(`\`${flags}\``)
  },
)
