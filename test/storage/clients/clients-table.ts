// What became of the tasks with each client, as the table of demo/storage/README.md.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Task } from './task.js'

export interface ClientColumn {
  name: string
  /** Why it did not run. */
  missing: string | undefined
  /** Known once it has run. */
  version: string
  /** By the tasks' titles; without those that it cannot do. */
  results: Map<string, 'passed' | 'failed'>
}

const page = join(import.meta.dirname, '../../../demo/storage/README.md')
const section = /(?<=<!-- clients -->\n)[\s\S]*?(?=<!-- \/clients -->)/

export async function writeClientsTable(columns: ClientColumn[], tasks: Task[]): Promise<void> {
  const ran = columns.filter(({ missing }) => !missing)
  const rows = [
    ['', ...ran.map(({ name, version }) => `${name} ${version}`.trim())],
    ['---', ...ran.map(() => '---')],
    ...tasks.map(({ title }) => [title, ...ran.map(({ results }) => cellOf(results.get(title)))]),
  ]
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const skipped = columns.flatMap(({ name, missing }) => (missing ? `${name} did not run: ${missing}.` : []))
  const day = new Date().toISOString().slice(0, 10)
  const text = [`As of ${day}. ${skipped.join(' ')}`.trim(), '', table, ''].join('\n')
  const readme = await readFile(page, 'utf8')
  await writeFile(
    page,
    readme.replace(section, () => text),
  )
}

function cellOf(result: 'passed' | 'failed' | undefined): string {
  if (result === undefined) return '–'
  return result === 'passed' ? 'yes' : '**no**'
}
