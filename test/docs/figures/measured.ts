// What was measured last: medians of docs/benchmarks/benchmarks.json, and the outcomes of docs/faults.md.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spreadOf, valuesOf } from '../../bench/report/statistics.js'
import type { Measure, Measurement } from '../../bench/run/measurement.js'
import { repository } from '../blocks/read-blocks.js'

export const readDoc = (path: string): Promise<string> => readFile(join(repository, path), 'utf8')

/** The median over all rounds. @throws if it was not measured */
export type Median = (scenario: string, client: string, measure: Measure) => number

export async function readMedians(): Promise<Median> {
  const { played } = JSON.parse(await readDoc('docs/benchmarks/benchmarks.json')) as {
    played: { scenario: string; measurements: Measurement[] }[]
  }
  return (scenario, client, measure) => {
    const { measurements = [] } = played.find((one) => one.scenario === scenario) ?? {}
    const spread = spreadOf(valuesOf(measurements, client, measure))
    if (!spread) throw new Error(`benchmarks.json has no ${measure} of ${client} in ${scenario}`)
    return spread.median
  }
}

/** How many rows of the fault table end as they should. */
export interface Outcomes {
  faults: number
  partway: number
  awsS3: number
}

export async function readOutcomes(): Promise<Outcomes> {
  const rows = rowsBelow(await readDoc('docs/faults.md'), '| fault |').filter(([fault]) => fault !== 'none')
  const endWell = (column: number) =>
    rows.filter((cells) => !/^(fails|\*\*)/.test(cells[column] ?? '')).length
  return { faults: rows.length, partway: endWell(1), awsS3: endWell(3) }
}

/** The cells of a table's rows. @param start of the line above its rule */
export function rowsBelow(markdown: string, start: string): string[][] {
  const lines = markdown.split('\n')
  const head = lines.findIndex((line) => line.startsWith(start))
  if (head < 0) throw new Error(`no table begins with “${start}”`)
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'))
  return lines.slice(head + 2, end < 0 ? undefined : end).map(cellsOf)
}

export function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
