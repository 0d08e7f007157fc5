// A scenario's plot.
import type { Played } from '../run/play-scenario.js'
import type { Scenario } from '../scenario.js'
import { formatMeasure } from './describe-measure.js'
import { drawBars } from './draw-bars.js'
import { type Curve, drawCurves } from './draw-curves.js'
import { ratiosOf, spreadOf, valuesOf } from './statistics.js'

type Curves = Required<Scenario>['curves']

export function plotScenario(played: Played): string {
  return played.scenario.curves ? plotCurves(played, played.scenario.curves) : plotBars(played)
}

function plotCurves({ scenario, clients, measurements }: Played, { unit, points }: Curves): string {
  const { title, main = 'allMs' } = scenario
  const series = new Map<string, Curve>()
  for (const client of clients) {
    const value = spreadOf(valuesOf(measurements, client, main))?.median
    const point = points.get(client)
    if (!value || !point) continue
    const name = point.series
    const curve = series.get(name) ?? { name, points: [], isOurs: name.startsWith('partway') }
    series.set(name, curve)
    curve.points.push({ amount: point.amount, value })
  }
  return drawCurves(title, unit, [...series.values()], (value) => formatMeasure(main, value))
}

/** Ratios to the first client; where nobody can be compared with it, the values themselves. */
function plotBars({ scenario, clients, measurements }: Played): string {
  const { title, main = 'allMs', isCompared = true } = scenario
  const [base = ''] = clients
  const bars = clients.flatMap((name) => {
    const value = spreadOf(valuesOf(measurements, name, main))
    const ratio = isCompared ? spreadOf(ratiosOf(measurements, name, base, main)) : undefined
    const shown = ratio ?? value
    if (!value || !shown) return []
    const { median, min, max } = shown
    const times = ratio ? `${median.toFixed(2)} × · ` : ''
    const label = `${times}${formatMeasure(main, value.median)}`
    return [{ name, value: median, min, max, label, isOurs: name.startsWith('partway') }]
  })
  return drawBars(title, bars, 1)
}
