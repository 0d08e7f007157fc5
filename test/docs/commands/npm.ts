// npm's commands in the docs. What they start is run by tests of its own (`demo/`, `examples/`, `packages/`) and by CI: here
// it has to be there under that name.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { repository } from '../blocks/read-blocks.js'

interface Manifest {
  name: string
  scripts?: Record<string, string>
}

const readJson = (path: string) => JSON.parse(readFileSync(join(repository, path), 'utf8'))
const readText = (path: string) => readFileSync(join(repository, path), 'utf8')
const manifestOf = (folder: string): Manifest => readJson(join(folder, 'package.json'))

/** `npm ci`, as CI does it on an empty machine. */
export function expectCleanInstall(): void {
  expect(readText('.ci/run')).toMatch(/^npm ci$/m)
}

/** `npm install a b`: packages of this repository, or ones that it installs, so that the names are right. */
export function expectPackages(names: string[]): void {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, unknown> }
  expect(names.filter((name) => !packages[`node_modules/${name}`])).toEqual([])
}

/** `npm run script --workspace folder`. Of an example, a test starts it, too. */
export function expectScript(script: string, folder = '.'): void {
  expect(Object.keys(manifestOf(folder).scripts ?? {})).toContain(script)
  const [, example] = /^demo\/examples\/(.+)$/.exec(folder) ?? []
  if (example) expectStarted(example, script)
}

function expectStarted(example: string, script: string): void {
  const own = `test/examples/${example}.test.ts`
  if (existsSync(join(repository, own))) expect(readText(own)).toContain(`startExample('${example}'`)
  else expect(readText('test/examples/examples.test.ts')).toContain(`['${example}', '${script}']`)
}

/** `npx name`, which is installed here. */
export function expectBin(name: string): void {
  expect(existsSync(join(repository, 'node_modules/.bin', name))).toBe(true)
}

/** `npx vitest run tests`, in `test/` */
export function expectTests(path: string): void {
  expect(existsSync(join(repository, 'test', path))).toBe(true)
}

/** `npm run example folder` */
export function expectExample(folder: string): void {
  expectScript('example')
  expectScript('start', folder)
}
