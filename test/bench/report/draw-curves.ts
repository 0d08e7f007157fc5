// How something grows, on logarithmic axes: an SVG that is legible on light and dark pages.
import { COLOURS, escapeText } from './draw-bars.js'

export interface Curve {
  name: string
  /** In ascending order of the amounts. All positive. */
  points: { amount: number; value: number }[]
  /** Ours stand out. */
  isOurs: boolean
}

const WIDTH = 720
const HEIGHT = 300
const LEFT = 80
const RIGHT = 110
const TOP = 16
const BOTTOM = 40
const LINE = 14

/** @param format writes a value of the vertical axis */
export function drawCurves(
  title: string,
  unit: string,
  curves: Curve[],
  format: (value: number) => string,
): string {
  const points = curves.flatMap((curve) => curve.points)
  const xTicks = decades(points.map(({ amount }) => amount))
  const yTicks = decades(points.map(({ value }) => value))
  const x = scale(xTicks, LEFT, WIDTH - RIGHT)
  const y = scale(yTicks, HEIGHT - BOTTOM, TOP)
  const grid = [
    ...xTicks.map((tick) => `<path class="grid" d="M${x(tick)} ${TOP}V${HEIGHT - BOTTOM}"/>`),
    ...yTicks.map((tick) => `<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}"/>`),
    ...xTicks.map((tick) => {
      const label = tick.toLocaleString('en') + (tick === xTicks.at(-1) ? ` ${escapeText(unit)}` : '')
      return `<text class="text" x="${x(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label}</text>`
    }),
    ...yTicks.map(
      (tick) =>
        `<text class="text" x="${LEFT - 8}" y="${Number(y(tick)) + 4}" text-anchor="end">${format(tick)}</text>`,
    ),
  ]
  const drawn = curves.map(({ points, isOurs }) => {
    const path = points.map(({ amount, value }) => `${x(amount)} ${y(value)}`).join('L')
    return `<path class="curve ${isOurs ? 'our-curve' : 'their-curve'}" d="M${path}"/>`
  })
  const ends = curves.flatMap(({ name, points }) => {
    const last = points.at(-1)
    return last ? [{ name, left: Number(x(last.amount)) + 6, baseline: Number(y(last.value)) + 4 }] : []
  })
  const names = spreadLines(ends).map(
    ({ name, left, baseline }) => `<text class="text" x="${left}" y="${baseline}">${escapeText(name)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}">`,
    `<style>${COLOURS}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    ...grid,
    ...drawn,
    ...names,
    '</svg>\n',
  ].join('\n')
}

/** Moves lines of text down where they would lie over others. */
function spreadLines<Line extends { baseline: number }>(lines: Line[]): Line[] {
  let free = 0
  return lines
    .toSorted((a, b) => a.baseline - b.baseline)
    .map((line) => {
      const baseline = Math.max(line.baseline, free)
      free = baseline + LINE
      return { ...line, baseline }
    })
}

/** Powers of ten from below the least to above the greatest. */
function decades(values: number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))))
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
}

function scale(ticks: number[], from: number, to: number): (value: number) => string {
  const [low, high] = [Math.log10(ticks[0] ?? 1), Math.log10(ticks.at(-1) ?? 10)]
  return (value) => (from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1)
}
