// Author, repository, homepage and bugs of the published packages are the root's, and no placeholder is released.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repository } from './pack.js'

const run = promisify(execFile)
const script = join(repository, '.changeset/owner-fields.js')
const manifests = ['.', 'plugin', 'server/core', 'server/koa', 'server/cli', 'demo/storage'].map((folder) =>
  join(folder, 'package.json'),
)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partway-fields-'))
  for (const path of manifests) await cp(join(repository, path), join(folder, path))
  await nameOwner('acme')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function edit(path: string, pattern: RegExp, replacement: string): Promise<void> {
  const text = await readFile(join(folder, path), 'utf8')
  await writeFile(join(folder, path), text.replace(pattern, replacement))
}

/** Whatever the root says by now. */
async function nameOwner(name: string): Promise<void> {
  await edit('package.json', /(?<=github\.com\/)[\w-]+/g, name)
  await edit('package.json', /(?<="author": ")[^"]*/, name)
}

/** @returns what it complains of; '' if nothing */
async function check(cwd: string, ...flags: string[]): Promise<string> {
  const complaint = (error: { stderr: string }) => error.stderr
  return await run(process.execPath, [script, ...flags], { cwd }).then(({ stderr }) => stderr, complaint)
}

test('they are the same here', async () => {
  expect(await check(repository)).not.toContain('differs')
})

test('a package that differs is named, and the root is copied into it', async () => {
  expect(await check(folder)).toContain('plugin/package.json: "repository" differs. Run: node .changeset/')
  expect(await check(folder, '--write')).toBe('')
  expect(await check(folder)).toBe('')
  expect(JSON.parse(await readFile(join(folder, 'server/koa/package.json'), 'utf8'))).toMatchObject({
    author: 'acme',
    repository: { type: 'git', url: 'git+https://github.com/acme/partway.git', directory: 'server/koa' },
  })
})

test('a placeholder is refused, before anything is built', async () => {
  await nameOwner('OWNER')
  expect((await check(folder, '--write')).trim().split('\n')).toEqual(
    ['author', 'homepage', 'bugs', 'repository'].map(
      (name) => `package.json: replace OWNER in "${name}" before you release.`,
    ),
  )
  const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
  expect(scripts.release).toMatch(/^node \.changeset\/owner-fields\.js && /)
})
