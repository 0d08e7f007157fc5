// GitHub runs what .ci/run runs, with actions of a fixed major version and no more rights than it needs.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { linesOfScript } from '../docs/commands/command-lines.js'
import { expectCleanInstall, expectScript, expectTests } from '../docs/commands/npm.js'
import { repository } from './pack.js'

interface Step {
  uses?: string
  run?: string
  with?: Record<string, string>
}

interface Job {
  uses?: string
  permissions?: Record<string, string>
  steps?: Step[]
  strategy?: { matrix: { node: string[] } }
}

interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

const read = (path: string) => readFile(join(repository, path), 'utf8')
const readWorkflow = async (name: string) => parse(await read(`.github/workflows/${name}`)) as Workflow
const ci = await readWorkflow('ci.yml')
const release = await readWorkflow('release.yml')

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps = [] }) => steps)

describe.each([
  ['ci.yml', ci],
  ['release.yml', release],
])('%s', (_, workflow) => {
  test('its actions are pinned to a major version', () => {
    const actions = stepsOf(workflow).flatMap(({ uses }) => uses ?? [])
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([])
  })

  test('its commands are the ones of this repository', () => {
    for (const { text } of stepsOf(workflow).flatMap(({ run = '' }) => linesOfScript(run)))
      expectCommand(text)
  })
})

function expectCommand(text: string): void {
  const [, script] = /^npm (?:run )?(test|[a-z:]+)$/.exec(text) ?? []
  const [, tests] = /^npx vitest run (\S+)$/.exec(text) ?? []
  if (text === 'npm ci') expectCleanInstall()
  else if (script) expectScript(script)
  else if (tests) expectTests(`${tests}.test.ts`)
  else expect(text).toMatch(/^(\.ci\/run$|git config )/)
}

test('one job runs .ci/run as it is', () => {
  expect(stepsOf(ci).filter(({ run }) => run === '.ci/run')).toHaveLength(1)
})

test('each supported Node.js, from the oldest on', async () => {
  const { engines } = JSON.parse(await read('package.json'))
  const [oldest = '', ...others] = ci.jobs.node?.strategy?.matrix.node ?? []
  expect(engines.node).toBe(`>=${oldest}`)
  const support = await read('docs/support.md')
  const rows = [...support.matchAll(/^\| Node\.js (\d+) \|/gm)].map(([, major]) => major)
  expect(rows).toEqual([oldest.split('.')[0], ...others])
})

test('a release waits for CI, and only its job may write', () => {
  expect(release.jobs.ci?.uses).toBe('./.github/workflows/ci.yml')
  expect(release.jobs.release).toMatchObject({
    needs: 'ci',
    permissions: { contents: 'write', 'pull-requests': 'write', 'id-token': 'write' },
  })
  const { with: inputs = {} } = stepsOf(release).find(({ uses }) => uses?.startsWith('changesets/')) ?? {}
  for (const command of Object.values(inputs)) expectCommand(command)
  expect([ci.permissions, release.permissions]).toEqual([{ contents: 'read' }, { contents: 'read' }])
  expect(Object.values(ci.jobs).filter(({ permissions }) => permissions)).toEqual([])
})

test('forms of issues ask for something', async () => {
  const folder = '.github/ISSUE_TEMPLATE'
  const forms = (await readdir(join(repository, folder))).filter((name) => name !== 'config.yml')
  for (const name of forms) {
    const { name: title, description, body } = parse(await read(`${folder}/${name}`))
    expect([title, description]).toEqual([expect.any(String), expect.any(String)])
    expect(body).toContainEqual(expect.objectContaining({ validations: { required: true } }))
  }
})
