// The figures of a report, for the next one: a run of some scenarios leaves those of the others as they are.
import { readFile } from 'node:fs/promises'
import type { Scenario } from '../scenario.js'
import type { Machine } from './describe-machine.js'
import type { Measured, Report } from './write-report.js'

type Figures = Omit<Measured, 'scenario'> & { scenario: string }
type StoredReport = Omit<Report, 'played'> & { played: Figures[] }

export function toJson({ played, ...report }: Report): string {
  const figures: Figures[] = played.map(({ scenario, ...rest }) => ({ scenario: scenario.name, ...rest }))
  const stored: StoredReport = { ...report, played: figures }
  return `${JSON.stringify(stored, undefined, 2)}\n`
}

/** @returns none of another machine, of a run of another kind, or of scenarios that there are no more */
export async function readFigures(
  file: string,
  { machine, isQuick }: { machine: Machine; isQuick: boolean },
  scenarios: Scenario[],
): Promise<Measured[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return []
  const report = JSON.parse(text) as StoredReport
  if (JSON.stringify(report.machine) !== JSON.stringify(machine) || report.isQuick !== isQuick) return []
  return report.played.flatMap(({ scenario: name, ...figures }) => {
    const scenario = scenarios.find((one) => one.name === name)
    return scenario ? [{ scenario, ...figures }] : []
  })
}

/** In the order of the scenarios' names. @param fresh take the place of what was kept */
export function joinFigures(kept: Measured[], fresh: Measured[]): Measured[] {
  const byName = new Map([...kept, ...fresh].map((measured) => [measured.scenario.name, measured]))
  return [...byName.values()].sort((a, b) => (a.scenario.name < b.scenario.name ? -1 : 1))
}
