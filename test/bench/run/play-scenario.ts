// Plays a scenario: round after round each client has its turn, so that what the machine does meanwhile hits all alike.
import type { BenchClient } from '../clients.js'
import type { Scenario } from '../scenario.js'
import { NotStarted } from '../servers/start-app.js'
import type { Measurement } from './measurement.js'
import type { Stage } from './stage.js'

export interface Played {
  scenario: Scenario
  /** Names of the clients, in the scenario's order. */
  clients: string[]
  measurements: Measurement[]
  /** Who did not take part, and why. */
  skipped: { client: string; why: string }[]
  /** What went wrong: uploads that failed, and objects that are not the files. */
  failed: { client: string; round: number; why: string }[]
}

export interface PlayOptions {
  isQuick: boolean
  rounds?: number | undefined
  /** @default all */
  clients?: readonly string[]
  log(line: string): void
}

const ROUNDS = { all: 5, quick: 1 }

export async function playScenario(scenario: Scenario, stage: Stage, options: PlayOptions): Promise<Played> {
  const { isQuick, clients = [], log } = options
  const { rounds = ROUNDS } = scenario
  const wanted = chooseClients(scenario, clients, isQuick)
  const played: Played = {
    scenario,
    clients: wanted.map(({ name }) => name),
    measurements: [],
    skipped: [],
    failed: [],
  }
  const isSkipped = ({ name }: BenchClient) => played.skipped.some(({ client }) => client === name)
  const count = options.rounds ?? (isQuick ? rounds.quick : rounds.all)
  for (let round = 1; round <= count; round++) {
    for (const client of wanted) {
      if (isSkipped(client)) continue
      try {
        const measures = await scenario.measure(stage, client, isQuick)
        played.measurements.push({ client: client.name, round, measures })
        log(`${scenario.name} ${round}/${count} ${client.name.padEnd(16)} ${describe(measures)}`)
      } catch (error) {
        const why = String(error)
        if (error instanceof NotStarted) played.skipped.push({ client: client.name, why: error.message })
        else played.failed.push({ client: client.name, round, why })
        log(`${scenario.name} ${round}/${count} ${client.name.padEnd(16)} ${why}`)
      }
    }
  }
  return played
}

function chooseClients(scenario: Scenario, names: readonly string[], isQuick: boolean): BenchClient[] {
  if (names.length === 0) return (isQuick && scenario.quickClients) || scenario.clients
  // In scenarios about growth a client has several names.
  const isAskedFor = (name: string) => names.some((asked) => name === asked || name.startsWith(`${asked}, `))
  return scenario.clients.filter(({ name }) => isAskedFor(name))
}

function describe(measures: Measurement['measures']): string {
  return Object.entries(measures)
    .map(([name, value]) => `${name} ${Math.round(value)}`)
    .join(', ')
}
