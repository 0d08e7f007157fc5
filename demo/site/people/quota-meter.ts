// How many of today's uploads are used up.
import { findElement } from '../page/create-element.js'
import type { Live } from '../page/live.js'

export function showQuota(live: Live): void {
  const meter = findElement<HTMLMeterElement>('#quota meter')
  const text = findElement('#quota output')
  live.on('quota', ({ used, limit }) => {
    Object.assign(meter, { max: limit, high: limit * 0.8, optimum: 0, value: used })
    text.textContent = `${used} of ${limit} uploads today`
  })
}
