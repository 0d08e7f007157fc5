// A scenario's plot.
import type { Played } from '../run/play-scenario.js'
import { formatMeasure } from './describe-measure.js'
import { drawBars } from './draw-bars.js'
import { ratiosOf, spreadOf, valuesOf } from './statistics.js'

/** Ratios to the first client; where nobody can be compared with it, the values themselves. */
export function plotScenario({ scenario, clients, measurements }: Played): string {
  const { title, main = 'allMs' } = scenario
  const [base = ''] = clients
  const bars = clients.flatMap((name) => {
    const value = spreadOf(valuesOf(measurements, name, main))
    const ratio = spreadOf(ratiosOf(measurements, name, base, main))
    const shown = ratio ?? value
    if (!value || !shown) return []
    const { median, min, max } = shown
    const times = ratio ? `${median.toFixed(2)} × · ` : ''
    const label = `${times}${formatMeasure(main, value.median)}`
    return [{ name, value: median, min, max, label, isOurs: name.startsWith('partway') }]
  })
  return drawBars(title, bars, 1)
}
