// How each measure is called and written in tables.
import type { Measure } from '../run/measurement.js'

interface MeasureText {
  title: string
  format(value: number): string
}

const count = (value: number) => Math.round(value).toLocaleString('en')
const milliseconds = (value: number) => (value < 10_000 ? `${count(value)} ms` : seconds(value))
const seconds = (value: number) => {
  if (value > 0 && value < 1) return `${(value * 1000).toFixed(1)} µs`
  return value < 100 ? `${value.toFixed(1)} ms` : `${(value / 1000).toFixed(value < 100_000 ? 2 : 1)} s`
}
const mebibytes = (value: number) => `${(value / 1024 ** 2).toFixed(1)} MiB`

const texts: Record<Measure, MeasureText> = {
  allMs: { title: 'time', format: seconds },
  rawMs: { title: '`raw`', format: seconds },
  timesRaw: { title: '÷ `raw`', format: (value) => value.toFixed(2) },
  smallMs: { title: 'small files done', format: seconds },
  smallAloneMs: { title: 'alone', format: seconds },
  s3Requests: { title: 'requests to S3', format: count },
  s3Preflights: { title: 'preflights', format: count },
  appRequests: { title: 'calls to the app', format: count },
  s3Bytes: { title: 'sent to S3', format: mebibytes },
  appCpuMs: { title: 'app server CPU', format: milliseconds },
  appRssBytes: { title: 'app server memory', format: mebibytes },
  pageHeapBytes: { title: 'page heap', format: mebibytes },
  pageCpuMs: { title: 'browser CPU', format: milliseconds },
  firstByteMs: { title: 'first byte after', format: milliseconds },
  lostMs: { title: 'in the median', format: seconds },
  mostLostMs: { title: 'lost at worst', format: seconds },
  mostLostBytes: { title: 'of the file', format: mebibytes },
  bytesTwice: { title: 'sent twice', format: mebibytes },
  signaturesPerCpuSecond: { title: 'signatures per CPU second', format: count },
  rssGrowthBytes: { title: 'growth of its memory', format: mebibytes },
  calls: { title: 'calls', format: count },
  firstLoadBytes: { title: 'first load, min + gzip', format: (value) => `${count(value)} B` },
  startMs: { title: 'start', format: seconds },
  storeRssBytes: { title: 'store memory at most', format: mebibytes },
}

export function titleOf(measure: Measure): string {
  return texts[measure].title
}

export function formatMeasure(measure: Measure, value: number): string {
  return texts[measure].format(value)
}
