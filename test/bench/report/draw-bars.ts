// A scenario's ratios as horizontal bars: an SVG that is legible on light and dark pages.

export interface Bar {
  name: string
  value: number
  /** Drawn as a line through the bar's end. */
  min: number
  max: number
  /** Beside the bar. */
  label: string
  /** Ours stand out. */
  isOurs: boolean
}

const WIDTH = 720
const NAME_WIDTH = 130
const LABEL_WIDTH = 170
const ROW_HEIGHT = 26
const BAR_HEIGHT = 14

/** The page's colours do not reach into a picture, but the reader's preference does. */
export const COLOURS = `
.ground{fill:#fff}.text{fill:#1f2328;font:13px system-ui,sans-serif}.bar{fill:#8c959f}.ours{fill:#0969da}
.spread,.base{stroke:#1f2328;fill:none}.base{stroke-dasharray:3 3;opacity:.5}.grid{stroke:#8c959f;opacity:.35;fill:none}
.curve{fill:none;stroke-width:2.5}.our-curve{stroke:#0969da}.their-curve{stroke:#8c959f}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117}.text{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#4493f8}
.spread,.base{stroke:#e6edf3}.our-curve{stroke:#4493f8}.their-curve{stroke:#9198a1}}`

/** @param base value of the dashed line, if there is to be one */
export function drawBars(title: string, bars: Bar[], base?: number): string {
  const longest = Math.max(...bars.map(({ max }) => max), Number.MIN_VALUE)
  const scale = (WIDTH - NAME_WIDTH - LABEL_WIDTH) / longest
  const x = (value: number) => (NAME_WIDTH + value * scale).toFixed(1)
  const height = bars.length * ROW_HEIGHT + 12
  const rows = bars.map(({ name, value, min, max, label, isOurs }, index) => {
    const middle = index * ROW_HEIGHT + ROW_HEIGHT / 2 + 6
    const top = middle - BAR_HEIGHT / 2
    return [
      `<text class="text" x="${NAME_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escapeText(name)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'bar'}" x="${NAME_WIDTH}" y="${top}" width="${(value * scale).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<path class="spread" d="M${x(min)} ${middle}H${x(max)}"/>`,
      `<text class="text" x="${Number(x(max)) + 8}" y="${middle + 4}">${escapeText(label)}</text>`,
    ].join('\n')
  })
  const line = base === undefined ? [] : [`<path class="base" d="M${x(base)} 2V${height - 2}"/>`]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeText(title)}">`,
    `<style>${COLOURS}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    ...rows,
    ...line,
    '</svg>\n',
  ].join('\n')
}

/** As XML has it, in text and in attributes. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
