// Puts what was measured where a page has an older figure.

/** @param before what stands before the figure, up to it. @throws if it is not there exactly once */
export function replaceFigure(text: string, before: RegExp, figure: string): string {
  const pattern = new RegExp(`(${before.source})[\\d,.]+(?<![,.])`, 'g')
  if ([...text.matchAll(pattern)].length !== 1) throw new Error(`not once: ${pattern}`)
  return text.replace(pattern, (_, kept: string) => kept + figure)
}

/** @param start of the table's first line. @param rows without those of the head */
export function replaceRows(text: string, start: string, rows: string[][]): string {
  const lines = text.split('\n')
  const heads = lines.flatMap((line, index) => (line.startsWith(start) ? index : []))
  const [head, ...others] = heads
  if (head === undefined || others.length > 0) throw new Error(`${heads.length} tables begin with “${start}”`)
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'))
  lines.splice(head + 2, end - head - 2, ...rows.map(toRow))
  return lines.join('\n')
}

const toRow = (cells: string[]) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')
