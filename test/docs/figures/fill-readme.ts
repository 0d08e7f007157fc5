// The three figures of the README's first screen.
import type { Median, Outcomes } from './measured.js'
import { replaceFigure } from './replace.js'

export function fillReadme(text: string, median: Median, { faults, partway, awsS3 }: Outcomes): string {
  const seconds = (client: string) => (median('large-wan', client, 'allMs') / 1000).toFixed(1)
  const cpu = (client: string) => Math.round(median('large-direct', client, 'appCpuMs')).toLocaleString('en')
  const figures: [before: RegExp, figure: string][] = [
    [/\*\*It survives\.\*\* /, String(partway)],
    [/ of \[/, String(faults)],
    [/as they should; with `@uppy\/aws-s3` 6 it is /, String(awsS3)],
    [/ take /, seconds('partway')],
    [/`@uppy\/aws-s3` 6 takes /, seconds('aws-s3')],
    [/\(version 5: /, seconds('aws-s3-5')],
    [/\), tus /, seconds('tus')],
    [/It spends /, cpu('partway')],
    [/a tus server spends /, cpu('tus')],
  ]
  return figures.reduce((filled, [before, figure]) => replaceFigure(filled, before, figure), text)
}
