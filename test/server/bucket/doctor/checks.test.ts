// The table of checks: names, and what each builds on.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { listChecks } from '../../../../server/core/src/bucket/doctor/all-checks.js'
import type { Check } from '../../../../server/core/src/bucket/doctor/check.js'
import { Probe } from '../../../../server/core/src/bucket/doctor/probe.js'
import type { Finding } from '../../../../server/core/src/bucket/doctor/report.js'
import { runChecks } from '../../../../server/core/src/bucket/doctor/run-checks.js'

const checks = listChecks({ url: 'https://app.example/uploads', headers: {} })

test('names are different, and each check needs earlier ones only', () => {
  const earlier = new Set<string>()
  for (const { name, needs } of checks) {
    expect(earlier).not.toContain(name)
    expect(needs.filter((need) => !earlier.has(need))).toEqual([])
    earlier.add(name)
  }
})

test('without an app nothing of it is looked at', () => {
  expect(listChecks(undefined).filter(({ name }) => name.startsWith('app'))).toEqual([])
})

test('docs/doctor.md tells what each looks at', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/doctor.md'), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const documented = rows.flatMap((row) => row.split(' | ')[0]?.match(/(?<=`)[^`,|]+(?=`)/g) ?? [])
  const inGroups = (name: string) => name.replace(/^s3:.*/, 's3:…').replace(/^checksum .*/, 'checksum …')
  const missing = checks.map(({ name }) => inGroups(name)).filter((name) => !documented.includes(name))
  expect(missing).toEqual([])
})

function createProbe(signal = new AbortController().signal): Probe {
  const client = new S3Client({
    region: 'eu-west-1',
    endpoint: 'https://s3.example',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  })
  const journal = { bucket: 'media', prefix: '.partway/' }
  const settings = { bucket: 'media', origin: 'https://app.example', prefix: '', journal, timeoutMs: 1000 }
  return new Probe({ client, signingClient: undefined, ...settings, signal })
}

async function runAll(list: Check[], probe = createProbe()) {
  const steps = []
  for await (const step of runChecks(list, probe)) steps.push(step)
  return steps
}

const check = (name: string, state: Finding['state'], ...needs: string[]): Check => ({
  name,
  needs,
  run: async () => ({ state, seen: name }),
})

describe('running them', () => {
  test('what builds on a failure is skipped, and says which one it was', async () => {
    const steps = await runAll([
      check('a', 'failed'),
      check('b', 'ok', 'a'),
      check('c', 'ok', 'b'),
      check('d', 'ok'),
    ])
    expect(steps.map(({ state, because }) => [state, because])).toEqual([
      ['failed', undefined],
      ['skipped', 'a'],
      ['skipped', 'a'],
      ['ok', undefined],
    ])
  })

  test.for<Finding['state']>(['ok', 'info', 'warning'])('what builds on %s runs', async (state) => {
    const steps = await runAll([check('a', state), check('b', 'ok', 'a')])
    expect(steps.map((step) => step.state)).toEqual([state, 'ok'])
  })

  test('a check that throws has failed, with its cause', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const broken: Check = { name: 'a', needs: [], run: () => Promise.reject(refused) }
    expect(await runAll([broken])).toEqual([
      {
        name: 'a',
        state: 'failed',
        seen: 'nothing listens at media.s3.example (ECONNREFUSED)',
        fix: 'Start it, or correct host and port.',
      },
    ])
  })
})
