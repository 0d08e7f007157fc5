// A scenario's outcome as a Markdown table, with its plot.
import type { Measure } from '../run/measurement.js'
import type { Played } from '../run/play-scenario.js'
import { formatMeasure, titleOf } from './describe-measure.js'
import { ratiosOf, type Spread, spreadOf, valuesOf } from './statistics.js'

/** @param plot path of its picture, as seen from the document */
export function describeScenario(played: Played, plot: string, isQuick = false): string {
  const { scenario, clients, measurements, skipped, failed } = played
  const { title, about, quick, columns, main = 'allMs', isCompared = true } = scenario
  const [base = ''] = clients
  const wasMeasured = (measure: Measure) =>
    clients.some((name) => valuesOf(measurements, name, measure).length > 0)
  const shown = columns.filter(wasMeasured)
  const { curves } = scenario
  const beside = isCompared ? [curves ? `each of the ${curves.unit}` : `÷ ${base}`] : []
  const head = ['', titleOf(main), ...beside, ...shown.map(titleOf)]
  const rows = clients.flatMap((client) => {
    const spread = spreadOf(valuesOf(measurements, client, main))
    if (!spread) return []
    const ratio = spreadOf(ratiosOf(measurements, client, base, main))
    const others = shown.map((measure) => {
      const value = spreadOf(valuesOf(measurements, client, measure))
      return value ? formatMeasure(measure, value.median) : ''
    })
    const amount = curves?.points.get(client)?.amount
    const compared = amount ? formatMeasure(main, spread.median / amount) : ratio ? describeRatio(ratio) : ''
    return [[`\`${client}\``, describeSpread(main, spread), ...(isCompared ? [compared] : []), ...others]]
  })
  const rounds = Math.max(0, ...measurements.map(({ round }) => round))
  return [
    `## ${title}`,
    ...(isQuick && quick ? [`**Quick: ${quick}.**`] : []),
    `${about} ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
    `![${title}](${plot})`,
    [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map(toLine).join('\n'),
    ...skipped.map(({ client, why }) => `\`${client}\` was left out: ${why}`),
    ...failed.map(({ client, round, why }) => `**\`${client}\` failed in round ${round}**: ${why}`),
  ].join('\n\n')
}

function describeSpread(measure: Measure, { median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((value) => formatMeasure(measure, value))
  return low === high ? `${middle}` : `${middle} (${low} to ${high})`
}

function describeRatio({ median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(2))
  return low === high ? `**${middle}**` : `**${middle}** (${low} to ${high})`
}

function toLine(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}
