// The arguments of `npm run bench --`.
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { clients } from './clients.js'
import type { Scenario } from './scenario.js'

export interface BenchArguments {
  scenarios: Scenario[]
  /** Names; none: all. */
  clients: string[]
  isQuick: boolean
  rounds: number | undefined
  /** Folder that the report goes to. */
  output: string
}

const docs = join(import.meta.dirname, '../../docs')

export const USAGE = `npm run bench -- [scenario …] [client …] [--quick] [--rounds <n>] [--output <folder>]`

/** @throws Error naming what is neither scenario nor client */
export function parseArguments(args: string[], scenarios: Scenario[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, rounds: { type: 'string' }, output: { type: 'string' } },
  })
  const clientNames = Object.values(clients).map(({ name }) => name)
  const scenarioNames = scenarios.map(({ name }) => name)
  const unknown = positionals.find((name) => ![...clientNames, ...scenarioNames].includes(name))
  if (unknown !== undefined) {
    throw new Error(
      `${unknown} is neither a scenario (${scenarioNames.join(', ')}) nor a client (${clientNames.join(', ')}).\n${USAGE}`,
    )
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) {
    throw new Error(`--rounds must be an integer from 1 to 100, got ${values.rounds}`)
  }
  const isQuick = values.quick ?? false
  // The docs have what a whole run came to.
  const isWhole = positionals.length === 0 && !isQuick
  const chosen = scenarios.filter(({ name }) => positionals.includes(name))
  return {
    scenarios: chosen.length > 0 ? chosen : scenarios,
    clients: positionals.filter((name) => clientNames.includes(name)),
    isQuick,
    rounds,
    // npm runs scripts in their package's folder.
    output: resolve(
      process.env.INIT_CWD ?? '',
      values.output ?? (isWhole ? docs : join(tmpdir(), 'partway-bench')),
    ),
  }
}
