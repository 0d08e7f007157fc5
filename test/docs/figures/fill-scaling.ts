// The tables of docs/scaling.md: from what a call costs, as it was measured, and what S3 is asked for each file.
import { countParts, GIB, MIB, planParts } from '../../../server/core/src/rules/plan-parts.js'
import type { Median } from './measured.js'
import { replaceFigure, replaceRows } from './replace.js'

const TB = 1e12
const PB = 1e15
const DAY_SECONDS = 86_400
/** USD for a PUT, POST or LIST, and for a GET or HEAD: us-east-1. DELETE is free. */
const PRICE = { put: 0.005 / 1000, get: 0.0004 / 1000 }
const TOGETHER = 100
const SIGNED_AT_ONCE = 100
const PERSON_BYTES_PER_SECOND = 10e6 / 8
const PEOPLE = 10_000

/** Milliseconds of the app server's CPU. */
interface Costs {
  small: number
  file: number
  part: number
}

export function fillScaling(text: string, median: Median): string {
  const partway = costsOf(median, 'partway', [1000, 10_000], partsOf(512 * MIB))
  const companion = costsOf(median, 'aws-s3', [100, 1000], 64)
  const perGib = partway.file + partsOf(GIB) * partway.part
  const filled = [
    (page: string) => replaceRows(page, '| | calls | CPU |', describeCalls(partway, companion)),
    (page: string) => replaceRows(page, '| | a second, one core |', describeCore(partway, perGib)),
    (page: string) => replaceRows(page, '| a day | in files of |', describeDays(partway)),
    (page: string) => replaceRows(page, '| | files of 1 GiB |', describePeople(partway)),
    (page: string) => replaceRows(page, '| `partSize` |', describePartSizes()),
    (page: string) => replaceFigure(page, /A file of n parts takes about /, round(partway.file)),
    (page: string) => replaceFigure(page, / ms \+ n × /, partway.part.toFixed(2)),
    (page: string) => replaceFigure(page, /n small files take n × /, partway.small.toFixed(2)),
    (page: string) => replaceFigure(page, /Memory is about /, round(memoryMib(median))),
  ]
  return filled.reduce((page, fill) => fill(page), text)
}

/** A server's cost grows with the parts along a straight line, of which two points were measured. */
function costsOf(median: Median, client: string, [few, many]: [number, number], parts: number): Costs {
  const cpu = (count: number) =>
    median('growth-parts', `${client}, ${count.toLocaleString('en')}`, 'appCpuMs')
  const part = (cpu(many) - cpu(few)) / (many - few)
  const file = median('large-direct', client, 'appCpuMs') - parts * part
  return { small: median('small-direct', client, 'appCpuMs') / 500, file, part }
}

const memoryMib = (median: Median) => median('large-direct', 'partway', 'appRssBytes') / MIB
const partsOf = (size: number) => countParts(planParts(size, { connections: 6 }))

function describeCalls(partway: Costs, companion: Costs): string[][] {
  const ms = (value: number) => `${round(value)} ms`
  return [
    ['100 small files', '2', ms(100 * partway.small), `100 calls, ${ms(100 * companion.small)}`],
    ['a file in parts: begin and complete', '2', ms(partway.file), `2 calls, ${ms(companion.file)}`],
    ['each 100 of its parts', '1', ms(100 * partway.part), `100 calls, ${ms(100 * companion.part)}`],
  ]
}

function describeCore({ small }: Costs, perGib: number): string[][] {
  return [
    ['small files', count(1000 / small)],
    [`files of 1 GiB (${partsOf(GIB)} parts)`, count(1000 / perGib)],
    ['bytes in files of 1 GiB', `${count(1000 / perGib)} GiB`],
  ]
}

/** What one file comes to. */
interface Load {
  requests: number
  preflights: number
  usd: number
  calls: number
  cpuMs: number
}

function loadOf(size: number, costs: Costs, parts = partsOf(size)): Load {
  if (size <= 8 * MIB) {
    // Its form; for all of a call one list, and an entry of the journal that is written and deleted.
    const puts = 1 + 2 / TOGETHER
    const usd = puts * PRICE.put
    return { requests: puts + 1 / TOGETHER, preflights: 0, usd, calls: 2 / TOGETHER, cpuMs: costs.small }
  }
  // Begin, complete, list, and an entry that is looked for, written, read and deleted; a HEAD of the object.
  const [puts, gets] = [parts + 4, 3]
  return {
    requests: puts + gets + 1,
    preflights: parts,
    usd: puts * PRICE.put + gets * PRICE.get,
    calls: 2 + Math.floor(parts / SIGNED_AT_ONCE),
    cpuMs: costs.file + parts * costs.part,
  }
}

function describeDays(costs: Costs): string[][] {
  const sizes: [string, number][] = [
    ['1 MiB', MIB],
    ['100 MiB', 100 * MIB],
    ['1 GiB', GIB],
    ['40 GiB', 40 * GIB],
  ]
  const amounts: [string, number][] = [
    ['1 TB', TB],
    ['1 PB', PB],
  ]
  return amounts.flatMap(([amount, bytes]) =>
    sizes.map(([name, size]) => {
      const [files, load] = [bytes / size, loadOf(size, costs)]
      const cpuSeconds = (files * load.cpuMs) / 1000
      const cells = [count(files), count(files * load.requests), dollars(files * load.usd)]
      return [
        amount,
        name,
        ...cells,
        count(files * load.calls),
        time(cpuSeconds),
        cores(cpuSeconds / DAY_SECONDS),
      ]
    }),
  )
}

function describePeople(costs: Costs): string[][] {
  const loads = [GIB, MIB].map((size) => {
    const files = (PEOPLE * PERSON_BYTES_PER_SECOND) / size
    return { files, ...loadOf(size, costs) }
  })
  const row = (name: string, describe: (load: (typeof loads)[number]) => string) => [
    name,
    ...loads.map(describe),
  ]
  return [
    row('files a second', ({ files }) => count(files)),
    row('requests to S3 a second, preflights among them', ({ files, requests, preflights }) =>
      count(files * (requests + preflights)),
    ),
    row('calls to the app a second', ({ files, calls }) => count(files * calls)),
    row('CPU of the app', ({ files, cpuMs }) => `${cores((files * cpuMs) / 1000)} cores`),
    row('quota store (Redis), operations a second', ({ files }) => count(2 * files)),
    row('USD a day for requests', ({ files, usd }) => count(files * usd * DAY_SECONDS)),
  ]
}

function describePartSizes(): string[][] {
  const size = 40 * GIB
  return [5, 8, 16, 32, 64, 128].map((mib) => {
    const parts = Math.ceil(size / (mib * MIB))
    const { usd } = loadOf(size, { small: 0, file: 0, part: 0 }, parts)
    const lost = Math.max(15, (mib * MIB) / PERSON_BYTES_PER_SECOND)
    const cells = [
      parts.toLocaleString('en'),
      usd.toFixed(3),
      ((usd * TB) / size).toFixed(2),
      `${lost.toFixed(0)} s`,
    ]
    return mib === 32 ? ['**32 MiB (the default for this file)**', ...cells] : [`${mib} MiB`, ...cells]
  })
}

/** Two digits that count. */
const round = (value: number) => Number(value.toPrecision(2)).toLocaleString('en')

/** Three digits that count. */
function count(value: number): string {
  const rounded = Number(value.toPrecision(3))
  if (rounded >= 1e6) return `${Number((rounded / 1e6).toPrecision(3))} million`
  return (rounded < 100 ? Number(rounded.toPrecision(2)) : rounded).toLocaleString('en')
}

const dollars = (value: number) => (value < 100 ? value.toFixed(2) : count(value))
const time = (seconds: number) => (seconds < 3600 ? `${round(seconds)} s` : `${round(seconds / 3600)} h`)
const cores = (value: number) => (value >= 1 ? value.toFixed(1) : String(Number(value.toPrecision(1))))
