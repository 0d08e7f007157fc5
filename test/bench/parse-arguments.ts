// The arguments of `npm run bench --`.
import { parseArgs } from 'node:util'
import { clients } from './clients.js'
import type { Scenario } from './scenario.js'

export interface BenchArguments {
  scenarios: Scenario[]
  /** Names; none: all. */
  clients: string[]
  isQuick: boolean
  rounds: number | undefined
  /** Where the results go. `undefined`: into the docs, if everything was measured, or else nowhere. */
  output: string | undefined
}

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
  const chosen = scenarios.filter(({ name }) => positionals.includes(name))
  return {
    scenarios: chosen.length > 0 ? chosen : scenarios,
    clients: positionals.filter((name) => clientNames.includes(name)),
    isQuick: values.quick ?? false,
    rounds,
    output: values.output,
  }
}
