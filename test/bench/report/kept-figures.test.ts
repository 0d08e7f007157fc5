import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Scenario } from '../scenario.js'
import { joinFigures, readFigures } from './kept-figures.js'
import { FIGURES, type Measured, writeReport } from './write-report.js'

const machine = { cpu: 'Some', cores: 2, memoryGiB: 8, system: 'linux x64' }
const about = { machine, isQuick: false }

function figuresOf(name: string, allMs: number): Measured {
  const scenario: Scenario = {
    name,
    title: name,
    about: '',
    clients: [],
    columns: [],
    measure: async () => ({}),
  }
  const measurements = [{ client: 'raw', round: 1, measures: { allMs } }]
  return {
    scenario,
    clients: ['raw'],
    measurements,
    skipped: [],
    failed: [],
    measuredAt: '2026-01-02T03:04:05Z',
  }
}

test('a run of some scenarios keeps the figures of the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partway-report-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, FIGURES)
  const [one, two] = [figuresOf('one', 1), figuresOf('two', 2)]
  const scenarios = [one.scenario, two.scenario]
  expect(await readFigures(file, about, scenarios)).toEqual([])

  await writeReport(folder, { ...about, versions: {}, played: [two, one] })
  const kept = await readFigures(file, about, scenarios)
  expect(kept).toEqual([two, one])
  const again = figuresOf('two', 3)
  expect(joinFigures(kept, [again])).toEqual([one, again])

  expect(await readFigures(file, about, [one.scenario])).toEqual([one])
  expect(await readFigures(file, { ...about, isQuick: true }, scenarios)).toEqual([])
  expect(await readFigures(file, { ...about, machine: { ...machine, cores: 4 } }, scenarios)).toEqual([])
})
