// Bytes per second that reach S3, over the last minute.
import { findElement } from '../page/create-element.js'
import { describeSize } from '../page/describe-amount.js'
import type { Live } from '../page/live.js'

const STEP_MS = 500
const STEPS = 120
const HEIGHT = 40

export function showThroughput(live: Live): void {
  const area = findElement<SVGPathElement>('#throughput path')
  const now = findElement('#throughput-now')
  const peak = findElement('#throughput-peak')
  const rates = new Array<number>(STEPS).fill(0)
  let bytes = 0
  let lastAt = performance.now()
  live.on('traffic', (traffic) => {
    bytes += traffic.bytes
  })
  setInterval(() => {
    const elapsed = performance.now() - lastAt
    lastAt += elapsed
    // Nothing moved for a minute: there is nothing to draw.
    if (bytes === 0 && rates.every((rate) => rate === 0)) return
    rates.push((bytes / elapsed) * 1000)
    rates.shift()
    bytes = 0
    const highest = Math.max(...rates)
    area.setAttribute('d', describeArea(rates, highest))
    now.textContent = `${describeSize(rates.at(-1) ?? 0)}/s`
    peak.textContent = `at most ${describeSize(highest)}/s`
  }, STEP_MS)
}

function describeArea(rates: number[], highest: number): string {
  const points = rates.map((rate, index) => {
    const y = HEIGHT - (rate / Math.max(highest, 1)) * (HEIGHT - 2)
    return `L${index} ${y.toFixed(1)}`
  })
  return `M0 ${HEIGHT} ${points.join(' ')} L${rates.length - 1} ${HEIGHT} Z`
}
