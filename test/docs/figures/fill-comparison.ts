// The table of ratios, as docs/benchmarks.md has it, and how many faults are played.
import { cellsOf, type Outcomes } from './measured.js'
import { replaceFigure } from './replace.js'

const OVERVIEW = /^\| time ÷ `raw`.*\n(?:\|.*\n)+/m

export function fillComparison(text: string, benchmarks: string, { faults }: Outcomes): string {
  const [overview = ''] = OVERVIEW.exec(benchmarks) ?? []
  if (cellsOf(overview.split('\n')[0] ?? '').length < 2) throw new Error('docs/benchmarks.md has no overview')
  if (!OVERVIEW.test(text)) throw new Error('docs/comparison.md has no overview')
  return replaceFigure(text.replace(OVERVIEW, overview), /\]\(faults\.md\) plays /, String(faults))
}
